package templates

import "strings"

// Opening writes the paragraph that goes before a letter in the language of
// the desk, so that whoever reads it knows what it is about; the letter follows
// in English, which is what desks have in common. Without a passage
// "opening.LANGUAGE" it is empty.
func (s *Set) Opening(language string, facts Facts) (string, error) {
	name := "opening." + language
	for _, letter := range s.letters {
		passage := letter.Lookup(name)
		if passage == nil {
			return "", nil
		}
		var out boundedBuilder
		if err := passage.Execute(&out, facts); err != nil {
			return "", s.located(err)
		}
		return strings.TrimSpace(out.String()) + "\n", nil
	}
	return "", nil
}

// LanguageOf is the language that desks of a country (ISO 3166) write, among
// those that there are openings in; empty for all others, where English is as
// good a guess as any.
func LanguageOf(country string) string { return languages()[strings.ToUpper(country)] }

// languages leaves out countries of several languages, except where one of
// them is read by nearly everybody.
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
	} {
		for country := range strings.FieldsSeq(countries) {
			byCountry[country] = language
		}
	}
	return byCountry
}
