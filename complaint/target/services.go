package target

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// service is one that gives everybody a name below its own, with a page there.
// What stands at such a name is the business of who runs the service; the
// registrar of the service's domain has no say in it.
type service struct {
	suffix   string
	operator string
	desk     string // address that the operator gives for abuse; empty: its network's
}

// services are those whose operator is worth naming, or is not found by the
// network that its pages are served from. A row needs a case in the tests. The
// private section of the public suffix list knows many more; for those the
// network is asked.
var services = []service{
	{"weebly.com", "Weebly", ""},
	{"weeblysite.com", "Weebly", ""},
	{"square.site", "Square", ""},
	{"blogspot.com", "Google Blogger", ""},
	{"web.app", "Google Firebase", ""},
	{"firebaseapp.com", "Google Firebase", ""},
	{"appspot.com", "Google App Engine", ""},
	{"run.app", "Google Cloud Run", ""},
	{"cloudfunctions.net", "Google Cloud Functions", ""},
	{"storage.googleapis.com", "Google Cloud Storage", ""},
	{"sites.google.com", "Google Sites", ""},
	{"docs.google.com", "Google Docs", ""},
	{"github.io", "GitHub Pages", ""},
	{"gitlab.io", "GitLab Pages", ""},
	{"netlify.app", "Netlify", ""},
	{"vercel.app", "Vercel", ""},
	{"herokuapp.com", "Heroku", ""},
	{"onrender.com", "Render", ""},
	{"fly.dev", "Fly.io", ""},
	{"glitch.me", "Glitch", ""},
	{"replit.app", "Replit", ""},
	{"pages.dev", "Cloudflare Pages", ""},
	{"workers.dev", "Cloudflare Workers", ""},
	{"r2.dev", "Cloudflare R2", ""},
	{"cloudflare-ipfs.com", "Cloudflare", ""},
	{"cloudfront.net", "Amazon CloudFront", ""},
	{"amazonaws.com", "Amazon Web Services", ""},
	{"awsapps.com", "Amazon Web Services", ""},
	{"elasticbeanstalk.com", "Amazon Web Services", ""},
	{"amplifyapp.com", "Amazon Web Services", ""},
	{"azurewebsites.net", "Microsoft Azure", ""},
	{"azureedge.net", "Microsoft Azure", ""},
	{"azurefd.net", "Microsoft Azure", ""},
	{"cloudapp.net", "Microsoft Azure", ""},
	{"cloudapp.azure.com", "Microsoft Azure", ""},
	{"blob.core.windows.net", "Microsoft Azure", ""},
	{"web.core.windows.net", "Microsoft Azure", ""},
	{"azurestaticapps.net", "Microsoft Azure", ""},
	{"digitaloceanspaces.com", "DigitalOcean", ""},
	{"ondigitalocean.app", "DigitalOcean", ""},
	{"backblazeb2.com", "Backblaze", ""},
	{"wixsite.com", "Wix", ""},
	{"editorx.io", "Wix", ""},
	{"myshopify.com", "Shopify", ""},
	{"squarespace.com", "Squarespace", ""},
	{"webflow.io", "Webflow", ""},
	{"godaddysites.com", "GoDaddy", ""},
	{"000webhostapp.com", "Hostinger", ""},
	{"hostingersite.com", "Hostinger", ""},
	{"jimdosite.com", "Jimdo", ""},
	{"jimdofree.com", "Jimdo", ""},
	{"yolasite.com", "Yola", ""},
	{"webnode.page", "Webnode", ""},
	{"strikingly.com", "Strikingly", ""},
	{"mystrikingly.com", "Strikingly", ""},
	{"tilda.ws", "Tilda", ""},
	{"ucoz.net", "uCoz", ""},
	{"wordpress.com", "WordPress.com", ""},
	{"tumblr.com", "Tumblr", ""},
	{"carrd.co", "Carrd", ""},
	{"notion.site", "Notion", ""},
	{"framer.app", "Framer", ""},
	{"framer.website", "Framer", ""},
	{"my.canva.site", "Canva", ""},
	{"infinityfreeapp.com", "InfinityFree", ""},
	{"rf.gd", "InfinityFree", ""},
	{"epizy.com", "InfinityFree", ""},
	{"byethost.com", "iFastNet", ""},
	{"duckdns.org", "Duck DNS", ""},
	{"ddns.net", "No-IP", ""},
	{"hopto.org", "No-IP", ""},
	{"zapto.org", "No-IP", ""},
	{"sytes.net", "No-IP", ""},
	{"serveo.net", "Serveo", ""},
	{"ngrok.io", "ngrok", ""},
	{"ngrok-free.app", "ngrok", ""},
	{"trycloudflare.com", "Cloudflare", ""},
	{"ipfs.io", "IPFS gateway", ""},
	{"dweb.link", "IPFS gateway", ""},
	{"plesk.page", "Plesk", ""},
	{"translate.goog", "Google Translate", ""},
	{"typedream.app", "Typedream", ""},
	{"softr.app", "Softr", ""},
	{"bubbleapps.io", "Bubble", ""},
	{"filesusr.com", "Wix", ""},
	{"tripod.com", "Tripod", ""},
	{"tripod.co.uk", "Tripod", ""},
	{"angelfire.com", "Angelfire", ""},
	{"supereva.it", "superEva", ""},
	{"altervista.org", "AlterVista", ""},
	{"zohosites.com", "Zoho Sites", ""},
	{"constantcontactsites.com", "Constant Contact", ""},
}

// serviceOf finds the service that hands out a host's name; nil: none.
func serviceOf(host string) *service {
	var found *service
	for i := range services {
		s := &services[i]
		if strings.HasSuffix(host, "."+s.suffix) || host == s.suffix {
			found = s
			break
		}
	}
	if found != nil {
		return found
	}
	// EffectiveTLDPlusOne knows services by the private section of the list;
	// one that nobody manages ("com" by default) is no service.
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return &service{suffix: suffix, operator: "the service at " + suffix}
	}
	return nil
}
