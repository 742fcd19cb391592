"""What can be wrong with a signed file that somebody brings to be checked."""

from django.db.models import TextChoices


class Trouble(TextChoices):
    """The worst come first; the label is what the visitor reads."""

    NO_PDF = "no_pdf", "这不是 PDF 文件"
    ENCRYPTED = "encrypted", "文件有密码保护，无法核验"
    COMPLEX = "complex", "文件过于复杂，无法核验"
    TRUNCATED = "truncated", "文件不完整，结尾缺失"
    DAMAGED = "damaged", "文件已损坏，无法读取"
    TAMPERED = "tampered", "签名之后，文件内容被改动"
    RESAVED = "resaved", "文件被其他软件重新保存过"
    STRIPPED = "stripped", "文件中的签名已被去除"
    UNCHECKED = "unchecked", "签名的格式或算法本平台无法核验"
    FOREIGN = "foreign", "签名不是本平台签发的"
    REVOKED = "revoked", "签名使用的证书已被吊销"
    APPENDED = "appended", "签名之后，文件被追加了修改"
    UNSIGNED = "unsigned", "文件没有电子签名"
    DIFFERS = "differs", "与系统保存的文件不一致"
    OTHER_DOCUMENT = "other_document", "这是另一份文件"
    JUNK = "junk", "文件末尾被追加了多余数据"
    UNRECORDED = "unrecorded", "系统没有这个文件的记录"

    @property
    def advice(self) -> str:
        """What it means, and what to do about it."""
        return _ADVICE[self]

    @property
    def is_mild(self) -> bool:
        """Whether what was signed is as it was, although the file is not the one that the system keeps."""
        return self in (Trouble.JUNK, Trouble.UNRECORDED)


_ADVICE = {
    Trouble.NO_PDF: "请选择从本系统下载的 PDF 文件；照片、截图和 Word 文件不能核验。",
    Trouble.ENCRYPTED: "请从系统重新下载原文件，不要加密后再核验。",
    Trouble.COMPLEX: "处理时超出了时间或内存限制。请从系统重新下载原文件后再核验。",
    Trouble.TRUNCATED: "文件可能没有下载完，或在传送中被截断。请重新下载后再核验。",
    Trouble.DAMAGED: "文件的结构已经损坏，签名无法确认。请从系统重新下载。",
    Trouble.TAMPERED: "文件与签名时不一致，哪怕只差一个字节也会如此。请勿采信这份文件，向对方索取系统下载的原件。",
    Trouble.RESAVED: "签名还在文件里，但已对不上内容（例如被软件编辑、压缩或另存过）。请使用系统下载的原件，不要另存。",
    Trouble.STRIPPED: "文件印有本系统的核验码，但签名不见了（例如被打印成新的 PDF）。请使用系统下载的原件。",
    Trouble.UNCHECKED: "文件有没有被改动，本平台不能判断（例如国密签名）。请用签发方的工具核验，在此之前勿采信。",
    Trouble.FOREIGN: "证书由其他机构或个人签发，本平台不能证明签署人是谁。请勿凭它认定为本系统签署的文件。",
    Trouble.REVOKED: "证书吊销之后的签名不可信。请与签署人核实。",
    Trouble.APPENDED: "签名覆盖的内容还在，但文件后来被添加或遮盖了内容，看到的可能不是签署时的样子。请勿采信。",
    Trouble.UNSIGNED: "这个文件里没有任何电子签名，也没有本系统的核验码。请确认选对了文件。",
    Trouble.DIFFERS: "文件印有本系统的核验码，但内容与系统保存的每一版都不同。请使用系统下载的原件。",
    Trouble.OTHER_DOCUMENT: "您手里的是本系统签发的另一份文件，与这个核验码对不上。请核对核验码和文件名称。",
    Trouble.JUNK: "签名覆盖的内容没有变化，多出的数据不属于文件。建议使用系统下载的原件。",
    Trouble.UNRECORDED: "签名有效，但系统保存的文件里没有与它完全相同的。建议使用系统下载的原件。",
}
