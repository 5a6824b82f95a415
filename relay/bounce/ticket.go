package bounce

import (
	"regexp"
	"strings"
)

// ticketFields hold the number in so many words.
var ticketFields = []string{
	"RT-Ticket", "X-RT-Ticket", "X-OTRS-Ticket", "X-OTRS-TicketNumber", "X-Ticket-Number", "X-TicketNumber", "X-Ticket-ID", "X-TicketID", "X-Ticket", "X-Zendesk-Ticket-ID", "X-Zammad-Ticket-Number", "X-Freshdesk-Ticket-ID", "X-Case-ID", "X-Case-Number", "X-Request-Tracker-ID", "X-Helpdesk-Ticket", "X-Issue-Key", "X-Jira-Issue-Key", "X-Kayako-Ticket",
	"X-Intercom-Conversation-ID", "X-Abuse-Ticket", "X-Incident-ID", "X-Redmine-Issue-ID", "X-GitLab-Issue-IID",
}

// A number of a ticket: digits, with letters and dashes before and between
// them, as in 2026010110000017, ABUSE-1234, CAS-12345-K8J7, T20260101.0042.
const ticketNumber = `((?:[A-Za-z]{1,12}[-_]?)?\d[\dA-Za-z]*(?:[-_.][\dA-Za-z]+)*)`

// What desks call it.
const ticketWord = `(?:ticket|case|request|incident|issue|complaint|report|inquiry|enquiry|query|tracking|reference|ref|support|abuse|` +
	`vorgang|vorgangs|meldung|meldungs|fall|anfrage|beschwerde|referenz|bearbeitungs|` +
	`dossier|demande|signalement|requête|référence|caso|incidencia|solicitud|referencia|reclamación|chamado|protocolo|solicitação|referência|richiesta|pratica|segnalazione|riferimento|` +
	`zaak|melding|verzoek|referentie|zgłoszenie|zgłoszenia|sprawa|sprawy|ärende|ärendenummer|sag|sagsnummer|sak|saksnummer|tiketti|talep|bilet|požadavek|tiket|` +
	`обращение|обращения|заявка|заявки|запрос|запроса|тикет|тикета|工单|工單|案件|编号|單號|受付|お問い合わせ|問合せ|チケット|문의|티켓|접수)`

// How the number is announced after that word.
const ticketSign = `[\s_-]?(?:id|no|nr|n\.|nº|n°|num|number|numbers|nummer|numéro|numero|número|numer|key|code|番号|号码|号|번호|номер|№)?\s{0,3}(?:is|ist|est|es|é|è|:|：|\.|#|=|＃|-|–|№|n°|nº|は)?[\s:#"'(\[]{0,4}`

// ticketSubjects are asked in order; the first number found is the one.
var ticketSubjects = []struct {
	name    string
	pattern func() *regexp.Regexp
}{
	{"Jira: [ABUSE-1234] or (ABUSE-1234)", compiled(`[\[(]([A-Z][A-Z0-9]{1,11}-\d{1,12})[\])]`)},
	{"Jira: ABUSE-1234 at the head", compiled(`^(?i:(?:re|aw|fwd?):\s*)*([A-Z][A-Z0-9]{0,11}-\d{1,12})\b`)},
	{"OTRS and others: [Ticket#2026010110000017]", compiled(`(?i)[\[({]\s*` + ticketWord + ticketSign + ticketNumber + `\s*[\])}]`)},
	{"Request Tracker: [abuse.example.net #12345]", compiled(`\[[^\[\]#]{1,60}\s#` + ticketNumber + `\]`)},
	{"Zendesk and others: [#12345]", compiled(`[\[(]\s*#\s*` + ticketNumber + `\s*[\])]`)},
	{"an id in brackets: (ID: 12345)", compiled(`(?i)[\[(]\s*(?:id|no|nr)\s{0,3}[:#.]\s{0,3}` + ticketNumber + `\s*[\])]`)},
	{"ServiceDesk Plus: ##12345##", compiled(`##` + ticketNumber + `##`)},
	{"a word and a number", compiled(`(?i)(?:^|[^\pL])` + ticketWord + ticketSign + ticketNumber)},
	{"Dynamics: CAS-12345-X1Y2Z3", compiled(`\b(CAS-\d{3,}-[A-Z0-9]{4,})\b`)},
	{"a number in brackets: [20260101-1234]", compiled(`[\[{](\d{4,}(?:-\d+)*)[\]}]`)},
	{"#12345", compiled(`(?:^|\s)#` + ticketNumber)},
}

var (
	ticketInText  = compiled(`(?i)(?:^|[^\pL])` + ticketWord + `[\s_-]?(?:id|no|nr|nº|n°|number|nummer|numéro|numero|número|numer|key|番号|号|번호|номер|№|#)\s{0,3}(?:for this \S{1,20} |for your \S{1,20} |assigned )?(?:is|ist|est|es|é|è|lautet|:|：|\.|#|=|-|は)?[\s:#"'(\[]{0,6}` + ticketNumber)
	ticketPlain   = compiled(`(?i)(?:^|[^\pL])(?:ticket|case|reference|ref|tracking|request|vorgang|ticketnummer)\s?(?:[:#]\s{0,3}|\(\s?#?)(\d{4,}(?:[-.]\d+)*)\b`) // "Reference: 12345", "your request (12345)"
	ticketField   = compiled(ticketNumber + `\s*$`)
	ourIncident   = compiled(`(?i)\bSR-[0-9A-Z]{4}-[0-9A-Z]{4}\b`) // this project's own ids, quoted back
	addressOrTime = compiled(`(?i)^Report[ -]Domain:.*|\d+\.\d+\.\d+\.\d+|\b\d{4}-\d\d-\d\d\b|\b\d\d?\.\d\d?\.\d{4}\b|https?://\S+`)
)

// ticket gives the desk's number of the message, if it has one.
func (m *mail) ticket() string {
	for _, name := range ticketFields {
		if found := ticketField().FindStringSubmatch(m.field(name)); found != nil {
			return found[1]
		}
	}
	subject := withoutDecoys(m.field("Subject"))
	for _, s := range ticketSubjects {
		if id := goodTicket(s.pattern().FindAllStringSubmatch(subject, 5)); id != "" {
			return id
		}
	}
	text := withoutDecoys(m.own)
	if id := goodTicket(ticketInText().FindAllStringSubmatch(text, 5)); id != "" {
		return id
	}
	return goodTicket(ticketPlain().FindAllStringSubmatch(text, 5))
}

// withoutDecoys blanks out what looks like a number of a ticket and is none.
func withoutDecoys(s string) string {
	s = ourIncident().ReplaceAllString(s, " ")
	s = anAddress().ReplaceAllString(s, " ")
	return addressOrTime().ReplaceAllString(s, " ")
}

// goodTicket takes the first number with at least three digits.
func goodTicket(found [][]string) string {
	for _, f := range found {
		id := strings.TrimRight(f[1], "-_.")
		digits := 0
		for _, c := range id {
			if c >= '0' && c <= '9' {
				digits++
			}
		}
		if digits >= 3 && len(id) <= 40 || digits > 0 && strings.Contains(id, "-") && len(id) <= 40 {
			return id
		}
	}
	return ""
}

// acknowledgements stand in the answers of ticket systems, lower case.
var acknowledgements = []string{
	"has been received", "have received your", "we received your", "was received", "has been created", "has been opened", "has been assigned", "has been logged", "has been registered", "has been submitted", "has been forwarded", "was created", "ticket created", "request received", "case created", "acknowledge", "acknowledgement", "thank you for contacting", "thank you for your report", "thank you for reporting", "thank you for your email", "thank you for your e-mail",
	"thank you for your message", "thanks for contacting", "thanks for reporting", "thanks for your report", "thank you for submitting", "thank you for taking the time", "thank you for bringing", "thank you for writing", "confirmation of receipt", "we will review", "we will investigate", "will be reviewed", "will be processed", "being reviewed", "a ticket", "ticket number", "case number", "reference number", "automated", "automatically", "auto-generated", "do not reply", "not be able to respond", "unable to respond individually",
	"not respond to every", "no further response", "confirming that we", "we got your request", "type your reply above", "reply above this line", "has been resolved", "has been closed", "has been solved", "has been updated", "marked as solved", "marked as resolved",
	"eingegangen", "haben ihre anfrage", "haben ihre nachricht", "vielen dank für ihre", "danke für ihre", "eingangsbestätigung", "wurde erstellt", "wurde angelegt", "avons bien reçu", "accusé de réception", "votre demande a été", "merci de nous avoir", "hemos recibido", "ha sido recibid", "ha sido registrad", "gracias por contact", "acuse de recibo", "recebemos", "foi registrad", "foi recebid", "obrigado por", "abbiamo ricevuto", "è stata ricevuta", "è stata registrata", "grazie per",
	"hebben uw", "is ontvangen", "bedankt voor", "otrzymaliśmy", "zostało zarejestrowane", "zostało przyjęte", "dziękujemy", "vi har mottagit", "vi har mottatt", "vi har modtaget", "tack för", "olemme vastaanottaneet", "alınmıştır", "byl přijat", "děkujeme", "зарегистрирован", "получено", "принято", "спасибо за", "已收到", "已受理", "感谢您", "感謝您", "受け付けました", "自動返信", "お問い合わせ受付", "受付いたしました", "お問い合わせいただき", "접수되었", "접수 되었",
}

// acknowledges reports whether it was the desk's program and not a person
// that wrote: people answer under the same number.
func (m *mail) acknowledges() bool {
	if m.automatic() || hasAnyPrefix(m.lower("Precedence"), []string{"bulk", "junk"}) || m.field("X-Auto-Response-Suppress") != "" {
		return true
	}
	if s := m.field("Subject"); !isAnswerSubject(s) && containsAny(strings.ToLower(s), acknowledgements) {
		return true
	}
	return containsAny(m.ownLower, acknowledgements) && !m.signed()
}

// signed reports whether somebody answers in his own words, under a subject
// that is an answer, and quotes what he answers.
func (m *mail) signed() bool {
	return isAnswerSubject(m.field("Subject")) && len(m.own) < len(m.text)
}
