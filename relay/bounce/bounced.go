package bounce

import (
	"strings"
)

// daemons send bounces and little else: words of the From field, lower case.
var daemons = []string{
	"mailer-daemon", "mailerdaemon", "mail delivery", "maildelivery", "mail-daemon", "mdaemon", "mailer daemon", "maildaemon", "microsoftexchange", "mail system", "delivery subsystem", "delivery system", "mailgateway", "smtp gateway", "mail-gateway", "mail gateway", "mail router", "qmail",
}

// offices send bounces, and answers too.
var offices = []string{"postmaster", "post_master", "mail administrator", "system administrator", "systemadministrator", "bounce", "amavis", "listserv", "internet mail", "fml"}

// bounceSubjects stand in the subjects of bounces, lower case.
var bounceSubjects = []string{
	"undeliver", "returned mail", "returned message", "mail returned", "returned to sender", "returning message", "returned:", "delivery status notification", "delivery status", "delivery failure", "delivery failed", "delivery has failed", "failure notice", "delivery notification", "delivery report", "delivery problem", "delivery error", "failed delivery", "mail delivery", "mail system error",
	"could not be delivered", "couldn't be delivered", "non-delivery", "nondelivery", "non delivery", "not delivered", "unable to deliver", "cannot be delivered", "can't be delivered", "mail failure", "failed mail", "message failed", "could not send", "couldn't send", "delivery delay", "delayed mail", "mail delayed", "message delayed", "postmaster notify", "error sending", "mail error", "permanent fail", "failure delivery", "failure to deliver", "rejected",
	"nondeliverable", "not member article", "error mail", "error in delivery", "bounce", "message status", "message you sent", "ndn:", "dsn:", "warning: message", "warning: could not", "notification d'échec",
	"unzustellbar", "nicht zugestellt", "nicht zustellbar", "zustellung", "fehlgeschlagen", "non remis", "non distribu", "échec de la remise", "échec de livraison", "impossible de remettre", "rapport de non", "no se pudo entregar", "no se puede entregar", "no entregado", "no se ha podido entregar", "devuelto", "error de entrega", "falha na entrega", "falha no envio", "não entregue", "nao entregue", "devolvid", "não foi possível entregar",
	"mancata consegna", "mancato recapito", "non recapitabile", "non recapitato", "impossibile recapitare", "onbestelbaar", "niet bezorgd", "niet afgeleverd", "bezorging", "nie można dostarczyć", "niedostarcz", "zwrot wiadomości", "zwrot nieprawid", "nedoručiteln", "nedoručen", "olevererbar", "ej levererat", "kan ikke leveres", "kézbesíthetetlen", "nem kézbesíthető", "teslim edilemedi", "iletilemedi", "ei voitu toimittaa",
	"недоставлен", "не доставлен", "не удалось доставить", "невозможно доставить", "αδύνατη η παράδοση", "μη παράδοση", "退信", "退件", "无法投递", "無法傳遞", "未送达", "配信不能", "配信できません", "送信できません", "送信エラー", "エラー通知", "配送エラー", "エラーメール", "不達", "배달 실패", "배달되지", "전송 실패", "반송",
}

// bounceWords stand in the texts of bounces, lower case.
var bounceWords = []string{
	"could not be delivered", "couldn't be delivered", "was not delivered", "wasn't delivered", "not be delivered", "unable to deliver", "able to deliver", "could not deliver", "couldn't deliver", "delivery to the following", "created automatically by mail delivery software", "permanent error", "permanent fatal errors", "undeliverable", "undelivered", "following address", "error delivering", "did not reach the following",
	"failed permanently", "permanent failure", "delivery has failed", "delivery failed", "failed to deliver", "returned mail", "cannot be delivered", "can't be delivered", "been rejected", "is rejected", "was rejected", "transcript of session", "failure reason", "delivery failure", "delivery status", "failed recipient", "reason for", "remote host said", "remote server", "qmail-send program", "mail system at host", "error occurred while trying to deliver",
	"recipients was rejected", "mailbox is full", "undeliverable to", "could not send", "message is undeliverable", "your message was rejected", "not delivered to", "failed addresses", "delivery error", "will keep trying", "delivery attempts", "still trying", "has been postponed", "delivery postponed", "continue to try", "not yet been delivered", "unknown user", "user unknown", "message could not be", "problem delivering", "bounced",
	"nicht zugestellt", "nicht ausgeliefert", "konnte nicht", "n'a pas pu être", "n'a pu être", "impossible de remettre", "no se pudo entregar", "no pudo ser entregado", "no se ha podido", "não pôde ser entregue", "não foi possível", "nao foi possivel", "impossibile recapitare", "non è stato possibile", "niet worden bezorgd", "niet worden afgeleverd", "nie można", "nie został", "не может быть", "не удалось", "не доставлено",
	"送信できませんでした", "配信できません", "送信に失敗", "送信できません", "届けることができません", "无法", "退回", "退信", "échec de la remise", "fehler bei der nachrichtenzustellung", "diagnostic information for administrators", "informations de diagnostic pour", "diagnoseinformationen für", "información de diagnóstico para", "informações de diagnóstico para", "informazioni di diagnostica per", "диагностические сведения для", "管理者向けの診断情報", "無法", "배달할 수 없", "전송하지 못",
}

// bounceSentences lead to the address that failed: nobody writes so but about a
// delivery. They count twice, here and as words.
var bounceSentences = []string{
	"not be delivered to the following", "not be delivered to:", "not delivered to:", "not delivered to the following", "delivery to the following", "did not reach the following", "non-delivery report", "nondelivery report", "following recipients failed", "following addresses failed", "following address(es) failed", "following recipient(s)",
}

// bounced reports whether a server says that it did not deliver.
func (m *mail) bounced() bool {
	if m.notice != "" { // a receipt has the same shape as a report; Sieve rejects with one (RFC 5429 §2.1.2)
		return strings.Contains(m.notice, "deleted") && strings.Contains(strings.ToLower(m.text), "reject")
	}
	if strings.Contains(m.reportType, "feedback") { // RFC 5965: a complaint
		return false
	}
	deliveries := readReport(m.report)
	for _, d := range deliveries {
		switch d.action {
		case "failed", "delayed", "":
			return true
		}
	}
	if len(deliveries) > 0 {
		return false // delivered, relayed or expanded: nothing failed
	}
	if m.field("X-Failed-Recipients") != "" || m.reportType == "delivery-status" && m.report != "" {
		return true
	}
	daemon := containsAny(m.lower("From"), daemons) || emptyPath(m.header.Get("From"))
	office := containsAny(m.lower("From"), offices) || m.field("X-MLServer") != ""
	subject := containsAny(m.lower("Subject"), bounceSubjects)
	text := strings.ToLower(strings.Join(strings.Fields(m.text), " "))
	words := containsAny(text, bounceWords)
	null := emptyPath(m.header.Get("Return-Path")) || m.report != "" || m.reportType == "delivery-status"
	named := containsAny(text, bounceSentences)
	signs := count(daemon, daemon, office, subject, words, named, null, m.origin != "", words && replyLine().MatchString(m.text))
	if isAnswerSubject(m.field("Subject")) { // people answer bounces, and quote them
		signs -= 2
	}
	return (daemon || office || subject) && signs >= 3
}

func count(signs ...bool) (n int) {
	for _, s := range signs {
		if s {
			n++
		}
	}
	return n
}

// emptyPath reports whether a field holds the null path of RFC 5321 §4.5.5.
func emptyPath(s string) bool { return strings.TrimSpace(s) == "<>" }

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

var answerSubject = compiled(`(?i)^\s*(?:re|aw|sv|antw|antwort|odp|ynt|vs|rif|res|rv|ref|回复|回覆|答复|返信|답장|回信)\s*(?:\[\d+\])?\s*[:：]`)

func isAnswerSubject(s string) bool { return answerSubject().MatchString(s) }
