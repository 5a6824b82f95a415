package bounce

// elsewhereRules judge sentences that are in no list of phrases, English ones
// and those of other languages, by two words: what it is about, and what is
// the matter with it. They are asked when no phrase was found.
var elsewhereRules = []rule{
	{
		name: "sender-elsewhere", reason: Sender,
		text: []string{"absender", "expéditeur", "émetteur", "mittente", "remitente", "remetente", "отправител", "发件人", "發件人", "寄件者", "寄件人", "送信者", "差出人", "nadawc", "afzender", "avsändar", "avsender", "afsender", "odesílatel", "gönderen", "발신자"},
		with: refusals,
	},
	{
		name: "host-elsewhere", reason: Blocklist,
		text: []string{"ip-adress", "ip adress", "adresse ip", "adresses ip", "indirizzo ip", "dirección ip", "direccion ip", "endereço ip", "endereco ip", "ip-адрес", "ip адрес", "的ip", "发信ip", "发送ip", "ip地址", "ipアドレス", "adres ip", "ip-adres", "ip-osoit", "ip adresi", "absender-ip", "ip bloque", "alamat ip", "ip 주소"},
		with: append([]string{"sperrliste", "liste", "lista", "список", "списке", "lijst", "名单", "リスト", "blockad", "bloccat", "zablokowan"}, refusals...),
	},
	{
		name: "full-elsewhere", reason: MailboxFull,
		text: []string{"mailbox", "inbox", "mail box", "account", "recipient", "user's", "storage", "postfach", "boîte", "boite", "casella", "buzón", "buzon", "caixa", "ящик", "邮箱", "信箱", "メールボックス", "skrzynk", "postvak", "brevlåd", "postkass", "postilaatik", "schránk", "kutusu", "postafiók", "메일함", "메일박스"},
		with: []string{
			" full ", " full.", "is full", "quota", "storage", "gone over", "no room", "out of space", "used up", "no space", "over capacity", "exhausted", "its cap ", "ran out of", "running out of", "allowance",
			" voll", "überfüllt", "speicherlimit", "kontingent", "saturée", " plein", "dépassé", "espace insuffisant", "esaurit", " pien", " llen", "excedid", "espacio", "sin espacio", "lotad", " chei", " cota", "excedeu", "espaço", "квот", "недостаточно места", "переполн", "已满", "已滿", "不足", "超出", "満杯", "一杯", "容量",
			"超過", "pełn", "przepełn", "przekroczon", " vol ", "quotum", "täynnä", "překroč", "plná", " dolu", "초과",
		},
	},
	{
		name: "size-elsewhere", reason: Size,
		text: []string{"nachricht", "message", "messaggio", "mensaje", "mensagem", "сообщени", "письм", "邮件", "郵件", "メール", "メッセージ", "wiadomoś", "bericht", "meddeland", "viesti", "zpráv", "ileti", "메일"},
		with: []string{"größe", "zu groß", "taille", "volumineu", "dimension", "размер", "大小", "过大", "過大", "サイズ", "rozmiar", "grootte", "te groot", "storlek", "för stor", "liian suuri", "velikost", "boyut", "크기", "용량"},
	},
	{
		name: "spam-elsewhere", reason: SpamContent,
		text: []string{"nachricht", "message", "messaggio", "mensaje", "mensagem", "сообщени", "письм", "邮件", "郵件", "メール", "wiadomoś", "bericht", "inhalt", "contenu", "contenuto", "contenido", "conteúdo"},
		with: []string{"unerwünscht", "verdächtig", "indésirable", "indesiderat", "sospett", "no deseado", "indesejad", "suspeit", "нежелательн", "垃圾", "スパム", "迷惑", "niechcian", "ongewenst"},
	},
	{name: "rate-elsewhere", reason: Rate, text: []string{
		"zu häufig", "trop de connexion", "trop de message", "trop d'", "troppe connession", "troppi messagg", "troppi destinatar", "demasiadas conexion", "demasiados", "muitas conex", "muitas mensagens", "muitos", "слишком много", "слишком часто", "频率", "頻率", "过于频繁", "接続数", "送信数", "zbyt wiele", "zbyt dużo", "te veel", "för många", "for mange", "liian monta", "příliš mnoho", "çok fazla", "túl sok", "너무 많",
	}},
	{name: "later-elsewhere", reason: Server, text: []string{
		"später noch", "später erneut", "vorübergehend", "momentan nicht", "plus tard", "réessayez", "momentanément", "temporairement", "più tardi", "riprova", "temporaneament", "más tarde", "mas tarde", "inténtelo", "intente de nuevo", "temporalmente", "mais tarde", "tente novamente", "temporariamente", "повторите попытку", "попробуйте позже", "позднее", "временно", "稍后", "稍後", "暂时", "暫時", "しばらく", "後ほど", "一時的",
		"później", "spróbuj ponownie", "tymczasow", "tijdelijk", "försök igen", "prøv igen", "prøv igjen", "senare", "senere", "yritä", "později", "dočasn", "daha sonra", "később", "나중에", "일시적",
	}},
	{
		name: "disabled-elsewhere", reason: Disabled,
		text: recipients,
		with: []string{
			"shut down", "deactivated", "disabled", "suspended", "inactive", "closed", "cancelled", "canceled", "terminated", "switched off", "unsubscribed", "deleted", "removed", "gesperrt", "deaktiviert", "gelöscht", "abgeschaltet", "gekündigt", "désactivé", "desactive", "clôturé", "cloturé", "fermé", "supprimé", "suspendu", "disattivat", "disabilitat", "non è attiv", "sospes", "cancellat", "desactivad", "cancelad", "suspendid", "eliminad", "deshabilitad", "desativad", "suspens", "excluíd", "encerrad",
			"inativ", "inactivo", "inattiv", "expirad", "inutilizz", "отключ", "заблокирован", "удал", "неактивн", "停用", "禁用", "冻结", "已注销", "無効", "停止", "zablokowan", "usunięt", "nieaktywn", "geblokkeerd", "opgeheven", "verwijderd", "inaktiv", "avslutat", "lukket", "zrušen", "deaktivován", "devre dışı", "kapatıl", "정지", "휴면",
		},
	},
	{
		name: "nobody-elsewhere", reason: UserUnknown,
		text: recipients,
		with: []string{
			"not exist", "n't exist", "doesnt exist", "not found", "be found", "unknown", "invalid", "not valid", "isn't valid", "no such", "not known", "n't known", "isn't here", "not here", "nonexist", "non-exist", "no longer", "not a ", "not recogni", "no match", "misspelled", "mistyped", "not in ", "called ",
			"gibt es", "unbekannt", "nicht bekannt", "ungültig", "existiert nicht", "nicht gefunden", "nicht vorhanden", "nicht mehr", "nicht existent", "ungueltig", "hier nicht", " kein ", "inconnu", "n'existe", "pas connu", "invalide", "introuvable", "erroné", "sconosciut", "inesistente", "non esist", "non valid", "non trovat", "errat", "desconocid", "no exist", "no válid", "no es válid", "no valid", "inválid", "invalid", "no encontrad", "no se encontr",
			"inexist", "no hay ", "desconhecid", "não exist", "nao exist", "cadastrad", "não encontrad", "não foi encontrad", "incorret", "incorrect", "неизвест", "не найден", "не существ", "нет так", " нет ", "недействит", "不存在", "无效", "無效", "错误", "錯誤", "未找到", "找不到", "不明", "見つかり", "存在し", "ありません", "nie istnieje", "brak takie", "nieznan", "nie znaleziono", "nieprawidłow", "niepoprawn", "onbeken", "niet beken",
			"ongeldig", "niet gevonden", "finns inte", "okänd", "ogiltig", "hittades inte", "findes ikke", "finnes ikke", "ukendt", "ukjent", "ugyldig", "ei löydy", "tuntema", "ei ole", "neexist", "neznám", "nenalezen", "bulunamadı", "bilinmeyen", "geçersiz", "mevcut değil", "nem létez", "ismeretlen", "nem található", "tidak ditemukan", "tidak ada", "tidak dikenal", "없", "찾을 수", "잘못",
		},
	},
}

// recipients are words for a mailbox and for whose it is.
var recipients = []string{
	"user", "mailbox", "mail box", "inbox", "recipient", "addressee", "account", "email address", "e-mail address", "mail address", "local part", "alias", "anybody", "anyone", "nobody",
	"empfänger", "empfaenger", "postfach", "adress", "benutzer", "konto", "mailadress", "destinataire", "boîte", "boite", "utilisateur", "compte", "destinatar", "destinatári", "destin.", "casilla", "casella", "indirizzo", "utente", "buzón", "buzon", "dirección", "direccion", "usuario", "usuári", "cuenta", "caixa", "endereço", "endereco", " conta ",
	"адрес", "ящик", "пользовател", "получател", "收件人", "邮箱", "信箱", "郵箱", "用户", "用戶", "使用者", "帐号", "账号", "地址", "宛先", "ユーザ", "アドレス", "メールボックス", "受信者", "adres", "odbiorc", "użytkownik", "uzytkownik", "skrzynk", "gebruiker", "ontvanger", "postvak", "mottagar", "mottaker", "modtager", "brevlåd", "postkass", "användar", "bruger", "bruker", "vastaanottaj", "käyttäj", "postilaatik",
	"alıcı", "kullanıcı", "kutusu", "uživatel", "příjemc", "schránk", "címzett", "felhasználó", "postafiók", "pengguna", "penerima", "alamat", "사용자", "수신자", "메일함", "계정", "주소",
}

// refusals are words for not being let in.
var refusals = []string{
	"gesperrt", "abgelehnt", "abgewiesen", "verweigert", "nicht erlaubt", "blockiert", "rejeté", "rejete", "refusé", "refuse", "bloqué", "interdit", "rifiutat", "respint", "bloccat", "non autorizzat", "rechazad", "bloquead", "no permitid", "no autorizad", "rejeitad", "recusad", "não autorizad", "отклон", "отказ", "заблокирован", "запрещ", "拒绝", "拒絕", "拒收", "列入", "禁止", "被拒", "拒否", "odrzucon", "zablokowan", "geweigerd", "geblokkeerd",
	"nekad", "avvisad", "avvist", "afvist", "estetty", "hylätty", "odmítnut", "blokován", "reddedildi", "engellen", "elutasít", "거부", "차단", "rejected", "refused", "blocked", "denied", "not allowed", "invalid", "ungültig",
}
