package complaint

import (
	"bytes"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// frame writes the outer message: the header of a complaint, and the sections
// one after the other.
func (d draft) frame(mediaType string, params map[string]string, sections ...section) ([]byte, error) {
	bodies := make([][]byte, len(sections))
	for i, s := range sections {
		bodies[i] = s.body
	}
	all := map[string]string{"boundary": freshBoundary(bodies)}
	for k, v := range params {
		all[k] = v
	}
	var out bytes.Buffer
	w, err := message.CreateWriter(&out, d.header(mime.FormatMediaType(mediaType, all)))
	if err != nil {
		return nil, err
	}
	for _, s := range sections {
		pw, err := w.CreatePart(headerOf(s.fields))
		if err != nil {
			return nil, err
		}
		if _, err := pw.Write(s.body); err != nil {
			return nil, err
		}
		if err := pw.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// header is the header of a complaint. Auto-Submitted keeps vacation programs
// quiet (RFC 3834 §5), and is the truth.
func (d draft) header(contentType string) message.Header {
	fields := []field{
		{"From", d.from()},
		{"Reply-To", "<" + d.replyTo + ">"},
		{"To", strings.Join(d.complaint.To, ", ")},
	}
	if len(d.complaint.Cc) > 0 {
		fields = append(fields, field{"Cc", strings.Join(d.complaint.Cc, ", ")})
	}
	if d.incident.About.Kind == KindReminder {
		// The desk's ticket system finds its ticket by the first complaint.
		for _, e := range d.incident.Earlier {
			fields = append(fields, field{"In-Reply-To", e.MessageID}, field{"References", e.MessageID})
		}
	}
	return headerOf(append(
		fields,
		field{"Subject", mime.QEncoding.Encode("utf-8", d.complaint.Subject)},
		field{"Date", d.date.UTC().Format(time.RFC1123Z)},
		field{"Message-ID", d.complaint.MessageID},
		field{"Auto-Submitted", "auto-generated"},
		field{"MIME-Version", "1.0"},
		field{"Content-Type", contentType},
	))
}

// section is one part of the outer message.
type section struct {
	fields []field
	body   []byte
}

// headerOf makes a go-message header, which is kept bottom up. fold lets
// nothing but blanks and printable characters into a line, so that no value
// can start another field.
func headerOf(fields []field) message.Header {
	var h message.Header
	for _, f := range slices.Backward(fields) {
		h.AddRaw([]byte(fold(f.name+":", f.value)))
	}
	return h
}

// textSection is the part that a person reads.
func textSection(text string) section {
	encoding := "quoted-printable"
	if isPlain([]byte(text)) {
		encoding = "7bit"
	}
	return section{[]field{
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Disposition", "inline"},
		{"Content-Transfer-Encoding", encoding},
	}, toCRLF([]byte(text))}
}

// spamSection encloses the evidence. It is 7-bit already, and must not be
// encoded (RFC 2046 §5.2.1).
func (d draft) spamSection() section {
	return section{[]field{
		{"Content-Type", "message/rfc822"},
		{"Content-Disposition", `attachment; filename="spam-` + d.complaint.Incident + `.eml"`},
		{"Content-Description", "The spam that this complaint is about"},
		{"Content-Transfer-Encoding", "7bit"},
	}, d.evidence.raw}
}

// writeText is the format for people: the letter, and the spam attached.
func writeText(d draft) ([]byte, error) {
	return d.frame("multipart/mixed", nil, textSection(d.complaint.Text), d.spamSection())
}
