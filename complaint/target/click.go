package target

import (
	"regexp"

	"spamreport/complaint/link"
)

// counters are the shapes of the addresses by which services that mail for
// others count clicks under names of their customers. A row needs a case in the
// tests.
var counters = []struct {
	service string
	shape   func() *regexp.Regexp // of the whole address
}{
	{"SendGrid", compiled(`^https?://[^/]+/(?:ls|wf)/(?:click|open|unsubscribe)\?(?:.*&)?upn=`)},
	{"SendGrid", compiled(`^https?://[^/]+/(?:ss/c|uni/ls)/(?:click\?upn=|u001\.)`)},
	{"Salesforce Marketing Cloud", compiled(`^https?://(?:click|view|pages|cl|cloud|image)\.[^/]+/(?:[a-z_]+\.aspx)?\?qs=[0-9a-f]{40,}`)},
	{"Salesforce Pardot", compiled(`^https?://[^/]+/(?:e|l|r|webmail|unsubscribe/u)/[0-9]{5,7}/`)},
	{"Mailgun", compiled(`^https?://[^/]+/[cuo]/eJ[A-Za-z0-9_-]{20,}`)},
	{"SparkPost", compiled(`^https?://[^/]+/f/[ac]/[A-Za-z0-9_-]{20,}~+/`)},
	{"Amazon SES", compiled(`^https?://[^/]+/CL[0-9]+/https?:`)},
	{"Mandrill", compiled(`^https?://[^/]+/track/(?:click|unsub)(?:\.php)?[/?]`)},
	{"Postmark", compiled(`^https?://[^/]+/[0-9]s?/[^/]+%2F[^/]+/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+/`)},
	{"HubSpot", compiled(`^https?://[^/]+/(?:Ctc|e2t/tc|e3t/Ctc|e/c)/`)},
	{"ActiveCampaign", compiled(`^https?://[^/]+/(?:lt\.php|proc\.php)\?(?:.*&)?(?:notrack|s|nl)=`)},
	{"Sailthru", compiled(`^https?://[^/]+/click/[0-9]+\.[0-9]+/aHR0c`)},
	{"Customer.io", compiled(`^https?://[^/]+/e/[cu]/eyJ`)},
	{"Brevo", compiled(`^https?://[^/]+/(?:tr|mk|im)/(?:cl|un|mr|op)/[A-Za-z0-9_-]{20,}`)},
	{"Klaviyo", compiled(`^https?://(?:trk|ctrk|manage)\.[^/]+/(?:l|subscriptions)/`)},
	{"Adobe Campaign", compiled(`^https?://t\.[^/]+/r/\?id=h[0-9a-f]+,`)},
	// The customer's number, 123-ABC-456, in base64.
	{"Adobe Marketo", compiled(`^https?://[^/]+/[MNO][A-Za-z0-9]{3}L[A-Za-z0-9]{5}0[0-9w-z][A-Za-z0-9]{3}`)},
}

// click says whose click counter an address is; empty: nobody's.
func click(l link.Link) string {
	for _, c := range counters {
		if c.shape().MatchString(l.URL) {
			return c.service
		}
	}
	return ""
}

// address finds an IPv4 address in a host name, as in
// 106.139.196.20.static.provider.example and ip-192-0-2-7.provider.example.
var address = compiled(`(?:^|[^0-9])(?:[0-9]{1,3}[.-]){3}[0-9]{1,3}(?:[^0-9]|$)`)

func madeOfAddress(host string) bool { return address().MatchString(host) }
