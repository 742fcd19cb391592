// Gives the room what the keyboard leaves of the screen, also where the browser does not shrink the page (iOS).
const view = window.visualViewport;

function fit() {
  if (view.scale !== 1) return; // somebody zooms in
  document.documentElement.style.setProperty("--viewport", `${Math.round(view.height)}px`);
  window.scrollTo(0, 0);
}

view?.addEventListener("resize", fit);
view?.addEventListener("scroll", fit);
if (view) fit();
