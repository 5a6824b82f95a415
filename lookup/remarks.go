package lookup

// Where a registry has no field for an abuse contact, or nobody filled it in,
// people write it into remarks: "Please send abuse reports to …", or a heading
// line and the address on the next. Remarks also name addresses that are not
// meant ("only for corrections of this record: …"), so that an address counts
// only by the words around it or by its own name.

var (
	abuseWords = compiled(`(?i)\babus|spam|\buce\b|phish|\bhack|attack|unsolicited|\bddos|\bscan|malware|\bvirus|\bbot ?net|\bviolation|intrusion|incident|complain|malicious|\bsecurity\b|misuse|fraud|mi(?:ss|ß)bra?u|beschwerde|\bplainte|denunci|denúncia|segnalazion|misbruik|naduży|zneuž|stížnost|şikayet|kötüye kullan|visszaél|\babuz|misbrug|misbruk|väärinkäy|reclama[cç]|reclamo|\bsignalement|prigovor|penyalahgun|keluhan|lạm dụng|thư rác|vi phạm|жалоб|пожалов|спам|злоупотр|скарг|зловжив|атак|κατάχρησ|καταχρήσ|إساءة|滥用|濫用|投诉|迷惑|不正|스팸`)
	// A line such as "do not send abuse reports to noc@…".
	denial = compiled(`(?i)\b(?:do not|don't|dont|never|not for|no longer|instead of|is not an?|(?:are|is) (?:ignored|discarded|deleted)|nicht|keine|ne pas|no enviar|no envíe|não envi\pL*)\b|не (?:отправл|пиш|присыл)`)
	// APNIC and others mark mailboxes that failed validation.
	declaredDead = compiled(`(?i)\bis (?:an )?(?:invalid|not valid|undeliverable)\b|\binvalid (?:abuse|e-?mail|contact)|\bbounc`)
)

// remarkReach is how many lines below a line like "For abuse:" an address may
// stand.
const remarkReach = 3

// abuseInRemarks finds the addresses that the lines of a remark name for
// abuse, and those that they declare dead.
func abuseInRemarks(lines []string) (abuse, dead []string) {
	reach := 0
	for _, line := range lines {
		emails := emailsIn(line)
		worded := abuseWords().MatchString(withoutEmails(line))
		if len(emails) == 0 {
			if worded {
				reach = remarkReach
			} else {
				reach--
			}
			continue
		}
		if declaredDead().MatchString(line) {
			dead = append(dead, emails...)
			continue
		}
		meant := (worded || reach > 0) && !denial().MatchString(line)
		for _, email := range emails {
			if meant || deskOf(email) == "abuse" {
				abuse = append(abuse, email)
			}
		}
		reach = 0
	}
	return abuse, dead
}

// withoutEmails keeps security@… from making its own line a worded one.
func withoutEmails(line string) string {
	return addressText().ReplaceAllString(line, "")
}
