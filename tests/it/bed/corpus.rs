//! Made-up mail with the sizes and shapes of real mail, for measuring.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const WORDS: &str = "the of and a to in is you that it he was for on are as with his they at be \
    this have from or one had by word but not what all were we when your can said there use an \
    each which she do how their if will up other about out many then them these so some her would \
    make like him into time has look two more write go see number no way could people my than \
    first water been call who oil its now find long down day did get come made may part meeting \
    invoice train garden Tuesday budget kitchen ticket Müller café Übergabe naïve Łódź 東京 почта \
    résumé São coördinate window weather report summer photograph library review thank regards";
const SUBJECTS: [&str; 12] = [
    "Minutes of Tuesday's meeting",
    "Your order has been sent",
    "Dinner on Saturday?",
    "Invoice 2291 for October",
    "Grüße aus Łódź und Überlingen",
    "Train tickets for the weekend",
    "Photographs from the garden",
    "Weekly report: everything on time, two questions left open for the board",
    "東京の写真",
    "Password changed",
    "Review of the kitchen plans",
    "Привет из библиотеки",
];
const PEOPLE: [(&str, &str); 10] = [
    ("Ada Reuter", "ada@reuter.test"),
    ("Benoît Laurent", "benoit@laurent.test"),
    ("City Library", "loans@library.test"),
    ("Dana Wójcik", "dana@wojcik.test"),
    ("Eri Tanaka", "eri@tanaka.test"),
    ("Farid Haddad", "farid@haddad.test"),
    ("Greta Lind", "greta@lind.test"),
    ("Railway Tickets", "noreply@railway.test"),
    ("The Weekly Letter", "letter@weekly.test"),
    ("Jo \"Hat\" Miller, Jr.", "jo@miller.test"),
];
const BOUNDARY: &str = "=_waxwing_bed_boundary";

/// Writes one message after the other; the same seed writes the same ones.
#[derive(Debug)]
pub(crate) struct Corpus {
    random: StdRng,
    to: String,
    seed: u64,
    percent: usize,
    text: String,
    noise: Vec<u8>,
}

impl Corpus {
    /// A corpus of mail to one address.
    pub(crate) fn new(seed: u64, to: &str) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut text = String::new();
        let mut column = 0;
        while text.len() < 300_000 {
            let word = words[random.random_range(0..words.len())];
            if column + word.len() > 70 {
                text.push_str("\r\n");
                column = 0;
            }
            text.push_str(word);
            text.push(' ');
            column += word.len() + 1;
        }
        let bytes: Vec<u8> = (0..600_000).map(|_| random.random()).collect();
        let mut noise = Vec::new();
        for line in bytes.chunks(57) {
            noise.extend_from_slice(STANDARD.encode(line).as_bytes());
            noise.extend_from_slice(b"\r\n");
        }
        Self {
            random,
            to: to.to_owned(),
            seed,
            percent: 100,
            text,
            noise,
        }
    }

    /// The same mail with bodies and attachments of so many percent.
    pub(crate) fn scaled(mut self, percent: usize) -> Self {
        self.percent = percent;
        self
    }

    /// Appends message `index`, sent at a Unix time in seconds, to `out`.
    pub(crate) fn write(&mut self, index: u64, sent: u64, out: &mut Vec<u8>) {
        self.write_headers(index, sent, out);
        let size = self.size();
        match self.random.random_range(0..100) {
            0..35 => {
                out.extend_from_slice(b"Content-Type: text/plain; charset=utf-8\r\n");
                out.extend_from_slice(b"Content-Transfer-Encoding: 8bit\r\n\r\n");
                self.write_text(size, out);
            }
            35..98 => {
                self.open_multipart("alternative", out);
                self.write_text(size / 4, out);
                out.extend_from_slice(format!("\r\n--{BOUNDARY}\r\n").as_bytes());
                self.write_html(size - size / 4, out);
                close_multipart(out);
            }
            _ => {
                self.open_multipart("mixed", out);
                self.write_text(2000, out);
                self.write_attachment(index, out);
                close_multipart(out);
            }
        }
    }

    fn write_headers(&mut self, index: u64, sent: u64, out: &mut Vec<u8>) {
        let (name, from) = PEOPLE[self.random.random_range(0..PEOPLE.len())];
        let subject = SUBJECTS[self.random.random_range(0..SUBJECTS.len())];
        let date = DateTime::from_timestamp(i64::try_from(sent).unwrap(), 0)
            .unwrap()
            .to_rfc2822();
        let seed = self.seed;
        let mut reply = String::new();
        let mut prefix = "";
        if index > 0 && self.random.random_range(0..10) < 3 {
            let earlier = index - self.random.random_range(1..=index.min(40));
            let id = format!("<{earlier}.{seed}@bed.example.test>");
            reply = format!("In-Reply-To: {id}\r\nReferences: {id}\r\n");
            prefix = "Re: ";
        }
        let headers = format!(
            "Return-Path: <{from}>\r\n\
             Received: from mail.{host} by mail.example.test with ESMTPS id {index:08x};\r\n\
             \t{date}\r\n\
             From: {} <{from}>\r\n\
             To: {}\r\n\
             Subject: {prefix}{}\r\n\
             Date: {date}\r\n\
             Message-ID: <{index}.{seed}@bed.example.test>\r\n\
             {reply}MIME-Version: 1.0\r\n",
            encoded(name),
            self.to,
            encoded(subject),
            host = from.split('@').next_back().unwrap(),
        );
        out.extend_from_slice(headers.as_bytes());
    }

    /// The size of a body, in octets: log-normal around 6 kB.
    fn size(&mut self) -> usize {
        let bell: f64 = (0..12).map(|_| self.random.random::<f64>()).sum::<f64>() - 6.0;
        let size = (6000.0 * (1.1 * bell).exp()).clamp(200.0, 250_000.0) as usize;
        size * self.percent / 100
    }

    /// Whole lines from somewhere in the prepared text.
    fn write_text(&mut self, size: usize, out: &mut Vec<u8>) {
        let from = self.random.random_range(0..20_000);
        let text = self.text.as_bytes();
        let start = from + text[from..].iter().position(|&b| b == b'\n').unwrap() + 1;
        let end = (start + size).min(text.len() - 100);
        let end = end + text[end..].iter().position(|&b| b == b'\n').unwrap() + 1;
        out.extend_from_slice(&text[start..end]);
    }

    fn write_html(&mut self, size: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"Content-Type: text/html; charset=utf-8\r\n\
              Content-Transfer-Encoding: 8bit\r\n\r\n\
              <html><body style=\"font-family: sans-serif\"><table width=\"600\"><tr><td>\r\n",
        );
        let end = out.len() + size;
        while out.len() < end {
            out.extend_from_slice(b"<p style=\"margin: 0 0 12px; color: #333333\">\r\n");
            self.write_text(600.min(size), out);
            out.extend_from_slice(b"</p>\r\n");
        }
        out.extend_from_slice(b"</td></tr></table></body></html>\r\n");
    }

    fn open_multipart(&self, kind: &str, out: &mut Vec<u8>) {
        let open = format!(
            "Content-Type: multipart/{kind}; boundary=\"{BOUNDARY}\"\r\n\r\n\
             --{BOUNDARY}\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n"
        );
        out.extend_from_slice(open.as_bytes());
    }

    fn write_attachment(&mut self, index: u64, out: &mut Vec<u8>) {
        let head = format!(
            "\r\n--{BOUNDARY}\r\n\
             Content-Type: application/pdf; name=\"scan-{index}.pdf\"\r\n\
             Content-Disposition: attachment; filename=\"scan-{index}.pdf\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        // Lines of base64 are 78 octets with their end.
        let lines = self.random.random_range(1_300..10_000) * self.percent / 100;
        let length = (lines * 78).min(self.noise.len());
        out.extend_from_slice(&self.noise[..length]);
    }
}

fn close_multipart(out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
}

/// A phrase for a header: an encoded word (RFC 2047) where it must be one.
fn encoded(phrase: &str) -> String {
    if phrase.is_ascii() && !phrase.contains(['"', ',']) {
        return phrase.to_owned();
    }
    if phrase.is_ascii() {
        return format!("\"{}\"", phrase.replace('"', "\\\""));
    }
    format!("=?utf-8?B?{}?=", STANDARD.encode(phrase))
}

#[test]
fn sizes_are_like_those_of_real_mail() {
    let mut corpus = Corpus::new(7, "a@b.test");
    let mut sizes: Vec<usize> = (0..2000)
        .map(|i| {
            let mut raw = Vec::new();
            corpus.write(i, 1_700_000_000 + i, &mut raw);
            raw.len()
        })
        .collect();
    sizes.sort_unstable();
    assert!((4_000..12_000).contains(&sizes[1000]), "{}", sizes[1000]);
    assert!(sizes[1980] > 100_000, "{}", sizes[1980]);
}
