package bounce

// mailboxRules say that the mailbox has no room, which passes.
var mailboxRules = []rule{
	{name: "mailbox-full", reason: MailboxFull, text: []string{
		"mailbox full", "mailbox is full", "mailbox too full", "mail box full", "inbox is full", "inbox full", "full mailbox", "mailfolder is full", "maildir is full", "mailbox has exceeded", "mailbox exceeded", "mailbox exceeds", "mailbox would exceed", "mailbox limit", "mailbox size", "maximum mailbox", "mailbox has no more", "no more space", "no space in", "inbox over", "mailbox overflow", "recipient full",
		"user is full", "account is full", "account full", "mail drop is full", "maildrop full", "user box full", "mail file over", "mailbox storage", "space not enough", "too much mail stored", "due to a full", "mailboxfull", "mailbox-full", "user's mailbox is over", "mailbox is over", "mailbox over", "is currently full", "box is full",
	}},
	{name: "over-quota", reason: MailboxFull, text: []string{
		"over quota", "overquota", "over-quota", "over their quota", "over its quota", "over the allowed quota", "over disk quota", "over storage", "quota exceed", "quota is exceeded", "quota full", "quota reached", "quota limit", "quota violation", "exceeded quota", "exceed quota", "exceeds quota", "exceeded his quota", "exceeded their quota", "exceeded its quota", "exceed the quota",
		"exceeds allowed quota", "disk quota", "file too large", "out of quota", "quota for this", "quota usage", "storage quota", "mailbox quota", "user quota", "exceeded the space", "exceeded storage", "exceeded*storage", "exceeded the storage", "storage limit", "allotted space", "allocated space", "exceeded email quota", "insufficient quota", "no quota", "user has exceeded", "above quota",
		"blocks limit exceeded", "inode limit exceeded", "not enough storage space", "not enough disk space in mailbox", "disk space quota", "no space left for this user", "email storage", "exceeded allowed storage", "larger than the space available", "not enough space", "quota excedida", "quota superata", "quota dépassé",
	}},
	{name: "mailbox-full-elsewhere", reason: MailboxFull, text: []string{
		"postfach ist voll", "postfach voll", "postfach des empfängers ist voll", "speicherplatz", "boîte pleine", "boite pleine", "boîte de réception pleine", "boîte aux lettres pleine", "boite aux lettres pleine", "est pleine",
		"buzón lleno", "buzon lleno", "está lleno", "esta lleno", "casilla llena", "caixa postal cheia", "caixa cheia", "caixa de entrada cheia", "está cheia", "esta cheia", "casella piena", "casella di posta piena", "è piena",
		"postvak vol", "mailbox vol", "is vol.", "skrzynka pełna", "skrzynka jest pełna", "przepełnion", "schránka je plná", "kutusu dolu", "kota dolu", "megtelt", "ящик переполнен", "переполнен", "邮箱已满", "空间已满", "信箱已滿", "容量不足", "メールボックスが一杯", "一杯のため", "いっぱい", "容量を超え", "가득",
	}},
}
