#!/usr/bin/env python3
"""Write docs/security.md: every security check, and the tests that hold it; without a test, the reason.

python3 docs/make_security.py writes it, with --check it only says whether it is up to date.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "security.md"
TEST = re.compile(r"^(?:async )?def (test_(au|az|ch|up|pr|hd|gn|sg|wf)_(\d\d)_\w+)", re.MULTILINE)

SECTIONS = {
    "AU": ("Logging in and sessions", [
        "Asking for a code tells nobody whether the phone has an account",
        "Registering a known phone looks like registering a new one",
        "Codes are six digits of real chance",
        "A code works once",
        "A code lives five minutes by the server's clock",
        "Codes are limited per phone and per address; a new one ends the old",
        "A code counts only in its browser and for its purpose",
        "Five wrong codes end a challenge",
        "Parallel guesses are counted one by one",
        "A stranger cannot lock an account out",
        "No code is stored or logged in plain",
        "Without the SMS gateway there is a clear message and no half login",
        "The session id changes at login",
        "After logging out the old cookie and its sockets are dead",
        "Sessions end when idle and after a working day",
        "A disabled account is out within seconds",
        "Users see and end their sessions; staff can end a user's",
        "A new phone needs the old factor and both phones learn of it",
        "A password reset is used once, ends the sessions and opens no second factor",
        "Passwords: long ones welcome, common ones refused",
        "Staff without a second factor reach nothing but its set-up",
        "A one-time password is not taken twice; recovery codes are hashed",
        "?next= leads to pages of this site only",
        "A forged X-Forwarded-For changes no limit",
        "No account exists from the start",
        "A login asked for by another site is refused; cookies are closed",
        "A password that somebody else set tells its owner and holds signing for a day; staff set none",
        "Without DEBUG every key must be given; the published one and one that does not open the keys are refused",
        "Only the named proxy is believed, through a real nginx",
        "A code for joining a chat opens no account, and every message says what its code does",
        "Codes asked for within a session have a budget of their own",
        "Trying one password on many phones meets a limit per address",
        "The desk has no page that sets a password, however an id is spelled",
        "A one-time-password secret exists from its enrolment and in its session only",
        "Limits are shared by all processes; readyz asks Redis",
        "Without DEBUG no disguise of the published key starts, no key without chance, and none made of another",
        "No secret of the environment is another one, or made of it",
        "Ending the other logins ends them, however often it is pressed",
        "Whoever was put out of an account gets no push message of it any more, and holds up no SMS",
        "Strangers leave no sessions behind at will, and those that ended are cleared",
    ]),
    "AZ": ("Rights", [
        "The matrix: every page, every actor, every method; not yours looks like not there",
        "No id can be guessed",
        "Things under another order are not there",
        "Other methods and spellings open nothing",
        "Added form fields change nothing",
        "A manager learns nothing of other areas",
        "The admin's filters cannot reach through relations",
        "Contacts find nothing outside their rooms",
        "Invitations",
        "A token for one purpose opens nothing else",
        "Files have no public address and each reading is checked",
        "A lost right counts from the next request",
        "Rights follow the state of the order",
        "Sockets: own notices only, from own pages only",
        "Tasks check what they are handed",
        "No cache gives one person's page to another",
        "The public pages are exactly these",
        "Refusals are written down: who, what, where",
        "A handling person's phone opens the progress only",
        "A manager moved to another area leaves its rooms",
        "A stale page of an account changes nothing, a fresh one only what was changed on it",
        "Who is put into an enterprise is told, and so are its people",
        "Nobody verifies their own claim or enterprise",
        "An enterprise is changed on what its page showed, and only while it has no people, asked under its lock",
        "Nobody whom a complaint is about reads it, answers it or ends it",
    ]),
    "UP": ("Uploads", [
        "Empty files", "Cut-off files", "The size limit, exact to the byte", "Lies about the length",
        "Tricks with encodings, fields and counts", "Content, name and type must agree", "Active content and polyglots",
        "Place and camera data are removed", "Bombs made of pixels", "Bombs made of PDF", "Active PDF",
        "Protected and already signed PDF", "Hostile file names", "Virus scan, closed when it fails",
        "Quotas hold under parallel uploads", "Parallel uploads are all kept", "Slow clients hold up nobody",
        "Broken-off uploads leave nothing", "The same file twice", "Only in the right state, by the right person",
        "Archives are not accepted", "A full disk leaves nothing half done", "Mutated files never end a worker",
        "Office files: known relations only, nothing embedded, nothing fetched or run",
        "Only a whole signature excuses a PDF from being cleaned, and none excuses what acts by itself",
        "Strangers' files have a small pool, a bounded wait and five seconds of CPU",
        "A body that falls silent, or is too large for a stranger, is cut off at the door",
        "A hostile job reads no key, opens no socket, starts no process",
        "Size limits hold after redrawing",
        "Drafts and papers of seals have quotas",
        "Uploads to an order have a rate",
        "No one person holds the sandbox: half of the places, a quarter of the queue, seconds per time, 503 beyond",
        "A page that cannot be drawn is found at the upload, remembered by its hash, and answered with words",
        "The pictures in Office files are no SVG",
        "Office files whose headers and directory differ, or that hold more than they list, are refused",
        "Whatever is sent to be opened or drawn anew counts as an upload: photos, papers of staff, turning",
        "One person's large bodies under way are counted by their bytes, and have only so long",
        "What the limits at the door refuse is refused through the proxy too, before it is taken",
    ]),
    "SG": ("Signing", [
        "What was shown is what is signed: the hash on the page, in the code and in the file",
        "Nothing signs an old version, or in the wrong state",
        "One act, once: double click, two tabs, replay",
        "The code for signing names document and purpose, and is bound to both",
        "The server decides on document, party, place and page",
        "No step can be left out",
        "Seals: for the authorised only, every use told, useless once cancelled",
        "Handwriting is nobody else's to see or to use again",
        "Changed files are named as such, here and by other tools",
        "Time comes from the server or an authority; a clock that jumps is noticed",
        "Private keys are nowhere but in their folder; a new key keeps old signatures good",
        "Who left the enterprise signs for it no more",
        "Killed in the middle: all or nothing",
        "Many sign at once, nothing is mixed up",
        "The record of it all cannot be altered unnoticed",
        "Nonsense from the signature pad is refused",
        "A signed form is void as soon as what it names changes, and prints the hash of each file",
        "Whatever a viewer shows beyond what was signed is told as changed, and shown in two engines",
        "A frozen paper prints what it shows",
        "A review decides on exactly what was shown",
        "Every act on a contract asks for a code bound to the document",
        "Evidence tells the person as of the moment of signing",
        "A paper that no longer counts is said to be void, and since when",
        "No cut or disguised name becomes a seal",
        "A date that signing fills is seen as one: nothing painted over it, no other sign in its place",
    ]),
    "CH": ("The chat", [
        "Sockets of other origins are refused",
        "Sockets of ended sessions are closed",
        "Markup, direction marks and towers of accents are shown as text",
        "Frames that are too large close the socket",
        "Floods are throttled with notice; sockets are capped",
        "Nonsense is an error message, never an error",
        "Who was removed hears and reads nothing more, and no old link lets them back",
        "With Redis lost nothing is lost or doubled",
        "A restart with many sockets loses nothing",
        "Two tabs, a sleeping phone, another network: the same history",
        "Taking back: by the rules, on record, the text for supervisors with a reason",
        "Files pass all checks of uploads, and are read by members only",
        "The room of a closed order is read-only",
        "The transcript is for the hosts, and on record",
        "Names and texts forge no line of the log",
    ]),
    "WF": ("The journey", [
        "Every state, step and role: only what the table allows",
        "The same step from many threads counts once",
        "Two managers, two steps: one wins, the other learns who and when",
        "A stale page changes nothing and says why",
        "Double clicks and replays count once",
        "Reading never changes anything",
        "State and times cannot be edited",
        "A failing side effect leaves nothing half done",
        "Withdrawal against acceptance: one wins",
        "Deadlines equal a slow oracle's over random calendars",
        "A bulk step with one bad row does nothing, and reports by row",
        "Random walks keep the invariants",
        "Going back keeps the history",
        "A reminder that runs twice or late is sent once",
        "What is handed in is written under the order's lock: parallel posts leave it whole",
        "An application is not rewritten after it was submitted: kept, saved by itself, numbers",
        "Every page that writes to an order, raced against every other, keeps the invariants",
        "Locks come in one order: no two services at once meet in a deadlock; one that comes all the same is retried",
        "Two anchors of a day at once: one is written, the other is content",
        "What locks rows is tried again after a deadlock: no transaction that locks is left out",
        "A scan that is moved, turned or thinned out at the moment of its code: handed in as the code named it, or not",
        "The whole clock equals a slow oracle's over random calendars, pauses and rounds",
    ]),
    "PR": ("Personal data", [
        "Identity numbers are sealed in the database", "Identity numbers are masked everywhere",
        "Phones are masked for others and in logs", "Separate consents, with version and withdrawal",
        "Export of one's own data", "Correction", "Closing the account, and what the law keeps",
        "Retention by class", "Who looked is written down", "No personal data in addresses, logs and cookies",
        "Nothing of a user stays in the browser", "No request leaves for another site", "Copies carry no metadata",
        "Test data is invented",
        "The trace that a customer can take holds no address, browser or phone of others",
        "No name in a cookie",
        "No phone or identity number in an address or a log",
        "The identity claim tells nobody whether a number is registered",
        "What the customer's copy of the trace withholds cannot be guessed from its hashes",
        "Where a service checks identities too, a registered number is answered like a free one",
        "The token of a search opens for one person, for hours, and no link holds what was searched for",
        "Taking along whole files, one's own or an order's, has a rate",
        "No list, search, notice, copy or log of the house tells who wrote an anonymous complaint",
    ]),
    "HD": ("What the browser is told", [
        "A closed content security policy on every answer, with reports",
        "HTTPS for a year on every answer, errors and files too",
        "No sniffing, no referrer, no devices, own origin only",
        "Cookies only where needed, and closed",
        "Files of users are inert",
        "Nothing for other origins; changes they ask for are refused",
        "Errors of the proxy",
        "Plain HTTP leads to HTTPS",
        "The best grade of the HTTP Observatory: at least 130 points",
        "Whole pages with nothing inline, no source maps",
    ]),
    "GN": ("Text, queries and code", [
        "Hostile text stays text, on pages and in papers",
        "Odd queries of lists are no error",
        "Huge headers take no time",
        "Formulas in spreadsheets",
        "Making a paper fetches nothing",
        "Tasks and sessions are JSON",
        "The source holds nothing dangerous without a reason, and no secret",
        "NUL is refused, never an error",
        "What is withheld of the public figures is found by no subtraction",
    ]),
}  # fmt: skip
WITHOUT_TEST = {
    "CH-01": "the sockets are those of AZ-14",
    "CH-02": "the sockets are those of AU-14 and AU-16",
    "HD-07": "the proxy is the operator's; the errors of the site itself are under HD-02",
    "UP-21": "only known kinds are taken at all, archives are none: UP-06, CH-12",
}
INTRO = """# Security checks

Made by `python3 docs/make_security.py` from the names of the tests; do not edit. A check holds while its tests pass:
`test_az_05_…` holds AZ-05. The sources are OWASP ASVS 5.0 and its cheat sheets, MDN, and the Personal Information
Protection Law.

The HTTP Observatory (HD-09) is asked in two ways: `bandian/web/tests/observatory.py` scores by its published table in
every run of the tests, and __OBSERVATORY__
"""
OBSERVATORY = "the scanner itself is to be asked once the site stands under a public name with TLS."


def find_tests(root=ROOT):
    """Return {"AZ-05": ["workorders/tests/test_x.py::test_az_05_…", …]} of all tests in the tree."""
    found = defaultdict(list)
    for path in sorted(root.glob("[a-z]*/**/tests/**/test_*.py")) + sorted(root.glob("test_*.py")):
        for name, section, number in TEST.findall(path.read_text()):
            found[f"{section.upper()}-{number}"].append((path.relative_to(root).as_posix(), name))
    return found


def document(tests):
    """Return the text of docs/security.md; raise ValueError for a test of a check that there is not."""
    checks = {f"{key}-{n:02d}" for key, (_, titles) in SECTIONS.items() for n in range(1, len(titles) + 1)}
    if unknown := sorted(tests.keys() - checks):
        raise ValueError(f"No such check, but tests of it: {', '.join(unknown)}")
    lines = [INTRO.replace("__OBSERVATORY__", OBSERVATORY)]
    for key, (name, titles) in SECTIONS.items():
        rows = [(f"{key}-{number:02d}", title) for number, title in enumerate(titles, 1)]
        held = sum(check in tests for check, _ in rows)
        lines += [f"## {name}: {held} of {len(rows)}", "", "| check | | held by |", "|---|---|---|"]
        lines += [f"| {check} | {title} | {_held_by(check, tests)} |" for check, title in rows]
        lines.append("")
    return "\n".join(lines)


def _held_by(check, tests):
    if check not in tests:
        return f"**no test**: {WITHOUT_TEST.get(check, 'not yet')}"
    by_file = defaultdict(int)
    for path, _ in tests[check]:
        by_file[path] += 1
    return ", ".join(f"`{path}`" + (f" ({count})" if count > 1 else "") for path, count in by_file.items())


def main(arguments):
    text = document(find_tests())
    if arguments == ["--check"]:
        return (
            0
            if TARGET.exists() and TARGET.read_text() == text
            else f"{TARGET.name} is stale: {__doc__.splitlines()[2]}"
        )
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
