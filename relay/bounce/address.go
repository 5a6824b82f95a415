package bounce

// addressRules say that there is no such recipient, in words that can mean
// nothing else.
var addressRules = []rule{
	{name: "unverified", reason: Server, code: "4", text: []string{"unverified address", "undeliverable address", "recipient verify", "recipient address verification", "address verification in progress", "could not verify recipient", "callout"}},
	{name: "address-lookup-failed", reason: Server, text: []string{"temporary lookup failure", "recipient address rejected: internal error", "user lookup failed", "alias lookup failure", "temporary aliasing", "unable to verify user", "cannot verify recipient"}},
	{name: "alias-moved", reason: Moved, text: []string{
		"recipient no longer on server", "no longer on server", "user has moved", "has moved to", "new address is", "address has changed", "changed address", "address changed", "has moved, please", "mailbox has moved", "no longer at this address", "please update your", "user not local; please try",
		"a changé d'adresse", "neue adresse", "has been replaced by",
	}},
	{name: "user-unknown", reason: UserUnknown, text: []string{
		"user unknown", "unknown user", "user is unknown", "user's unknown", "unknown recipient", "recipient unknown", "recipient is unknown", "unknown mailbox", "mailbox unknown", "unknown address", "address unknown", "unknown local part", "unknown local-part",
		"unknown account", "account unknown", "unknown or illegal alias", "unknown or invalid", "addressee unknown", "unknown addressee", "unknown virtual user", "unknown email", "user-unknown", "userunknown", "unknown recipients", "unknown login",
	}},
	{name: "no-such-user", reason: UserUnknown, text: []string{
		"no such user", "no such recipient", "no such mailbox", "no such address", "no such person", "no such account", "no such email", "no such e-mail", "no such local user", "no such virtual user", "no such mail drop", "no such alias", "no such member", "is not a member here", "no such addressee", "no such list", "no such id", "@ not used", "nobody with that", "unrecognised-or-name", "unrecognized-or-name", "no one with that", "handle mail for that user",
		"no mailbox here by that name", "no mailbox by that name", "no mailbox found", "no account by that name", "no mailbox for", "no user named", "no recipient", "no valid recipient", "nosuchuser", "no matches to nameserver query", "no one by that name", "there is no user",
		"there is no one at this address", "no local mailbox", "no mail box", "no email address", "no mailbox currently", "no known recipient", "no longer a valid address", "this is not a valid mailbox", "no such domain user", "no users here by that name", "not in database", "not in our database", "not in the database", "not have an account", "doesn't have an account",
	}},
	{name: "user-not-found", reason: UserUnknown, text: []string{
		"user not found", "user was not found", "mailbox not found", "recipient not found", "account not found", "address not found", "user cannot be found", "could not find user", "can't find user", "couldn't find user", "couldn't be found", "email account not found", "not found: user",
		"unable to find user", "not present in", "mailbox not present", "addresses were unknown", "recipient was not found", "user could not be found", "mailbox could not be found", "address wasn't found", "@ not found", "cannot find user", "mailbox was not found", "user id not found", "username not found", "recipient could not be found", "not find recipient", "local user not found", "not found in ldap", "find alias",
	}},
	{name: "does-not-exist", reason: UserUnknown, text: []string{
		"user does not exist", "user doesn't exist", "account does not exist", "account doesn't exist", "mailbox does not exist", "mailbox doesn't exist", "recipient does not exist", "recipient doesn't exist", "address does not exist", "address doesn't exist", "addressee does not exist",
		"email account that you tried to reach does not exist", "account that you tried to reach does not exist", "recipient*does not exist", "@ does not exist", "@ doesn't exist", "user @ does not exist", "mailbox @ does not exist", "alias does not exist", "users do not exist", "recipients do not exist",
		"non-existent user", "nonexistent user", "non existent user", "non-existing user", "non-existent mailbox", "nonexistent mailbox", "non-existent recipient", "non-existing recipient", "non-existent address", "non-existant", "recipient non-existent", "not exist in our", "unexisting", "not existing user",
		"doesn't exist on this server", "does not exist here", "does not exist on this system", "not exist here", "user not exist", "user not exists", "account not exist", "recipient not exist", "mailbox not exist", "address not exist", "recipient does not exists", "user does not exists",
	}},
	{name: "invalid-recipient", reason: UserUnknown, text: []string{
		"invalid recipient", "recipient invalid", "recipient is invalid", "invalid mailbox", "mailbox invalid", "mailbox is invalid", "invalid user", "invalid address", "address is invalid", "invalid destination address", "invalid email", "bad recipient", "bad destination mailbox", "bad mailbox",
		"bad address", "illegal user", "not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid address", "not a known user", "not a known recipient", "not a user", "not a valid email", "is not valid user", "not valid recipient", "recipient not valid",
		"incorrect recipient", "wrong recipient", "malformed recipient", "mailbox name not allowed", "bad-mailbox", "recipient address syntax", "recipient address is not valid", "invalid local part", "invalid rcpt", "badrcptto", "envelope recipient has been denied", "unroutable address", "unrouteable address", "recipient is not allowed", "recipient not allowed", "recipient @ is not allowed", "invalid receiver", "unregistered user",
	}},
	{name: "not-listed", reason: UserUnknown, text: []string{
		"not listed in public", "not listed in domino", "not listed in", "is not listed as a valid", "name is not recognized", "user not recognized", "address not recognized", "recipient not recognized", "unrecognized recipient", "unrecognised recipient", "not a registered", "is not registered", "isn't in our", "is not in our", "address not in table",
		"not in my list of allowed recipients", "not in recipient table", "recipient address rejected: unknown", "local user only", "name is ambiguous", "not unique", "several matches found", "recipient name is not", "not known here", "final email delivery point", "did not exactly match", "user not known", "not known at this site",
		"@... addressee", "who are you looking for", "not on this server", "not hosted here", "is not local", "not a local user", "user not local", "not a local mailbox", "not local user", "mail for @ is not accepted here", "no account here", "nobody here by that name", "user name not",
	}},
	{name: "no-longer-there", reason: UserUnknown, text: []string{
		"no longer valid", "no longer exists", "no longer in use", "no longer available", "no longer works", "no longer employed", "no longer with", "no longer active", "no longer accept", "no longer used", "no longer in service", "no longer a", "no longer at", "has left the company", "employee has left", "has left our", "is no longer",
		"has been deleted", "was deleted", "has been removed", "account deleted", "mailbox deleted", "user terminated", "user is terminated", "account terminated", "account has been terminated", "address is obsolete", "discontinued",
	}},
	{name: "user-unknown-elsewhere", reason: UserUnknown, text: []string{
		// German, French, Spanish, Portuguese, Italian
		"unbekannter benutzer", "unbekannter empfänger", "empfänger unbekannt", "benutzer unbekannt", "empfänger existiert nicht", "postfach existiert nicht", "adresse existiert nicht", "benutzer nicht gefunden",
		"utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "boîte inconnue", "n'existe pas", "destinataire invalide", "adresse invalide",
		"usuario desconocido", "destinatario desconocido", "usuario no existe", "no existe ese", "no existe dicha", "no existe el usuario", "cuenta no existe", "buzón no existe", "dirección no existe", "destinatario no existe", "no existe la cuenta", "usuario inexistente", "buzón inexistente", "cuenta inexistente", "destinatario inexistente",
		"usuário desconhecido", "usuario desconhecido", "destinatário desconhecido", "usuário não existe", "usuario nao existe", "conta não existe", "caixa postal não existe", "caixa postal inexistente", "conta inexistente", "destinatário inexistente", "usuário inexistente", "nao existe", "usuário não encontrado",
		"utente sconosciuto", "destinatario sconosciuto", "utente inesistente", "casella inesistente", "indirizzo inesistente", "utente non trovato", "casella non esiste", "indirizzo non esiste",
		// Dutch, Polish, Czech, Swedish, Finnish, Danish, Turkish, Hungarian
		"onbekende gebruiker", "gebruiker onbekend", "onbekende ontvanger", "bestaat niet", "nieznany użytkownik", "nie ma takiego", "konto nie istnieje", "użytkownik nie istnieje", "neznámý uživatel", "neexistuje",
		"okänd användare", "okänd mottagare", "tuntematon", "ukendt bruger", "ukjent bruker", "kullanıcı bulunamadı", "bilinmeyen kullanıcı", "ismeretlen felhasználó", "nem létező",
		// Russian, Chinese, Japanese, Korean
		"пользователь не найден", "нет такого пользователя", "не существует", "неизвестный пользователь", "получатель не найден", "用户不存在", "收件人不存在", "帐号不存在", "账号不存在", "地址不存在", "無此使用者", "查無此人", "用户未找到",
		"宛先不明", "存在しません", "見つかりません", "見つかりませんでした", "ユーザーが存在しない", "ユーザが存在しない", "不明なユーザ", "존재하지 않는", "없는 사용자", "찾을 수 없",
	}},
	{name: "mailbox-disabled", reason: Disabled, text: []string{
		"account is disabled", "account disabled", "account has been disabled", "mailbox disabled", "mailbox is disabled", "mailbox has been disabled", "user is disabled", "user disabled", "address is disabled", "address disabled", "recipient is disabled", "recipient disabled", "email account that you tried to reach is disabled",
		"account is inactive", "account inactive", "inactive account", "inactive user", "user is inactive", "user inactive", "mailbox inactive", "mailbox is inactive", "inactive mailbox", "recipient is inactive", "recipient inactive", "is inactive", "inactif", "account is not active", "account not active", "not an active address", "is not active", "user not active",
		"mailbox not active", "not currently active", "mailbox frozen", "mailbox is frozen", "is now disabled", "locked or suspended", "currently being accepted for this mailbox", "mailbox currently suspended", "mailbox is suspended", "mailbox suspended", "account suspended", "account is suspended", "account has been suspended", "user suspended", "user is suspended", "recipient suspended", "suspended account",
		"account expired", "account has expired", "mailbox expired", "account closed", "account is closed", "account has been closed", "mailbox closed", "mailbox has been closed", "administratively disabled", "account is locked", "account locked", "mailbox is locked", "account has been locked", "account blocked", "account is blocked", "mailbox is blocked", "mailbox blocked",
		"mailbox has been blocked due to inactivity", "blocked due to inactivity", "account temporarily disabled", "extended inactivity", "receiving disabled", "account deactivated", "has been deactivated", "is deactivated", "mailbox unavailable: deactivated", "domain has been suspended", "domain suspended", "domain is suspended", "domain disabled", "domain has been disabled", "domain is disabled", "domain not active", "domain expired",
		"this account is not allowed", "not allowed to receive", "cannot receive mail", "cannot receive email", "cannot receive any", "cannot receive new", "can't receive mail", "can't receive email", "can't receive any", "can't receive new", "unable to receive mail", "@ is suspended", "@ has been suspended", "email address currently not available", "konto gesperrt", "cuenta desactivada", "compte désactivé", "compte désactiv",
	}},
}
