package templates

import (
	"errors"
	"slices"
	"strings"
)

// Opening writes what goes before a letter in the language of the desk: for a
// letter that is translated ("opening.LANGUAGE.LETTER") all that it says but the
// evidence, for others a paragraph ("opening.LANGUAGE"), so that whoever reads
// it knows what it is about. The letter follows in English, which is what desks
// have in common. Without such a passage it is empty.
func (s *Set) Opening(language, letter string, facts Facts) (string, error) {
	passage := s.shared.Lookup(opening + language + "." + letter)
	if passage == nil {
		passage = s.shared.Lookup(opening + language)
	}
	if passage == nil {
		return "", nil
	}
	var out boundedBuilder
	if err := passage.Execute(&out, facts); err != nil {
		return "", s.located(err)
	}
	return strings.TrimSpace(out.String()) + "\n", nil
}

// TakesOpening reports whether an opening can go before a letter. Openings tell a
// desk about an address in its own network, which is not what the desks of
// these letters have.
func TakesOpening(letter string) bool {
	return !slices.Contains([]string{"collector", "drop-box", "escalation", "feedback", "registrar", "web-host"}, letter)
}

// opening begins the names of the passages that Opening writes.
const opening = "opening."

// Languages are those that there are openings in, in alphabetical order.
func (s *Set) Languages() []string {
	var all []string
	for _, passage := range s.shared.Templates() {
		if name, ok := strings.CutPrefix(passage.Name(), opening); ok {
			language, _, _ := strings.Cut(name, ".")
			all = append(all, language)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// checkOpenings writes every opening, as Check does with letters.
func (s *Set) checkOpenings() error {
	var problems []error
	for _, passage := range s.shared.Templates() {
		name, ok := strings.CutPrefix(passage.Name(), opening)
		if !ok {
			continue
		}
		language, letter, _ := strings.Cut(name, ".")
		for _, facts := range []Facts{Sample(), sparse()} {
			if _, err := s.Opening(language, letter, facts); err != nil {
				problems = append(problems, err)
				break
			}
		}
	}
	return errors.Join(problems...)
}

// LanguageOf is the language that desks of a country (ISO 3166) write, whether
// or not there is an opening in it; empty where there are several or English is
// as good a guess as any.
func LanguageOf(country string) string { return languages()[strings.ToUpper(country)] }

// languages leaves out countries of several languages, except where one of
// them is read by nearly everybody. The first rows have openings that come with
// the program; the others wait for one of the user's own.
func languages() map[string]string {
	byCountry := map[string]string{}
	for language, countries := range map[string]string{
		"de": "DE AT LI",
		"es": "ES AR BO CL CO CR CU DO EC GT HN MX NI PA PE PY SV UY VE",
		"fr": "FR MC SN CI ML BF NE GA CG",
		"ja": "JP",
		"pt": "PT BR AO MZ CV",
		"ru": "RU BY KZ KG",
		"zh": "CN TW",

		"ar": "AE BH DZ EG IQ JO KW LB LY MA OM QA SA SD SY TN YE",
		"bg": "BG",
		"cs": "CZ",
		"da": "DK",
		"el": "GR CY",
		"et": "EE",
		"fa": "IR",
		"fi": "FI",
		"he": "IL",
		"hr": "HR",
		"hu": "HU",
		"id": "ID",
		"it": "IT SM VA",
		"ko": "KR KP",
		"lt": "LT",
		"lv": "LV",
		"nl": "NL",
		"no": "NO",
		"pl": "PL",
		"ro": "RO MD",
		"sk": "SK",
		"sl": "SI",
		"sr": "RS",
		"sv": "SE",
		"th": "TH",
		"tr": "TR",
		"uk": "UA",
		"vi": "VN",
	} {
		for country := range strings.FieldsSeq(countries) {
			byCountry[country] = language
		}
	}
	return byCountry
}
