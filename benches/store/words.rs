//! Made-up words of several languages, as often as those of real ones.

use rand::RngExt;
use rand::rngs::StdRng;

/// So many words a language has; the most usual come first.
pub(crate) const WORDS: usize = 60_000;

/// How a language makes its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language {
    onsets: &'static [&'static str],
    rimes: &'static [&'static str],
    /// What stands between words and at the end of a sentence.
    pub(crate) blank: &'static str,
    pub(crate) stop: &'static str,
    /// How many of a hundred messages are in it.
    share: usize,
}

pub(crate) const LANGUAGES: [Language; 8] = [
    spaced(
        &[
            "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "w", "st", "tr",
        ],
        &[
            "a", "e", "i", "o", "en", "er", "in", "on", "ing", "ed", "es", "ay", "all", "ent",
        ],
        55,
    ),
    spaced(
        &[
            "b", "d", "f", "g", "h", "k", "l", "m", "n", "r", "s", "t", "w", "z", "sch", "st",
        ],
        &[
            "a", "e", "ie", "ei", "au", "ü", "ö", "ä", "en", "er", "ung", "ich", "eß", "icht",
        ],
        15,
    ),
    spaced(
        &[
            "b", "c", "ch", "d", "f", "g", "j", "l", "m", "n", "p", "qu", "r", "s", "t", "v",
        ],
        &[
            "a", "é", "è", "ê", "i", "o", "ou", "eur", "ment", "tion", "ais", "on", "ille", "ç",
        ],
        8,
    ),
    spaced(
        &[
            "b", "c", "cz", "d", "ł", "m", "n", "p", "rz", "s", "sz", "t", "w", "z", "ż", "k",
        ],
        &[
            "a", "e", "i", "o", "ó", "y", "ą", "ę", "ie", "ość", "ski", "ach", "owa", "ić",
        ],
        4,
    ),
    spaced(
        &[
            "б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "пр", "ст",
        ],
        &[
            "а", "е", "и", "о", "у", "ы", "я", "ой", "ать", "ение", "ого", "ий", "ей", "ён",
        ],
        8,
    ),
    spaced(
        &[
            "ب", "ت", "ج", "ح", "د", "ر", "س", "ش", "ع", "ف", "ق", "ك", "ل", "م", "ن", "ه",
        ],
        &[
            "ا", "و", "ي", "ة", "ات", "ين", "ون", "ه", "ها", "ان", "ري", "لي", "مة", "د",
        ],
        2,
    ),
    solid(
        &[
            "東", "会", "議", "資", "料", "日", "本", "語", "写", "真", "電", "車", "予", "定",
            "明", "新",
        ],
        &[
            "の", "は", "を", "に", "京", "時", "です", "ます", "者", "間", "学", "社", "と", "が",
        ],
        5,
    ),
    solid(
        &[
            "我", "你", "公", "司", "会", "议", "明", "天", "发", "票", "图", "片", "学", "生",
            "工", "作",
        ],
        &[
            "们", "的", "是", "在", "了", "有", "人", "来", "地", "上", "个", "国", "和", "好",
        ],
        3,
    ),
];

const fn spaced(
    onsets: &'static [&'static str],
    rimes: &'static [&'static str],
    share: usize,
) -> Language {
    Language {
        onsets,
        rimes,
        blank: " ",
        stop: ". ",
        share,
    }
}

const fn solid(
    onsets: &'static [&'static str],
    rimes: &'static [&'static str],
    share: usize,
) -> Language {
    Language {
        onsets,
        rimes,
        blank: "",
        stop: "。",
        share,
    }
}

impl Language {
    /// The language of a message.
    pub(crate) fn any(random: &mut StdRng) -> Self {
        let mut at = random.random_range(0..100);
        for language in LANGUAGES {
            if at < language.share {
                return language;
            }
            at -= language.share;
        }
        LANGUAGES[0]
    }

    /// The word of a rank: the rarer, the longer.
    pub(crate) fn word(self, rank: usize) -> String {
        let mut word = String::new();
        let mut left = rank;
        loop {
            let (onset, rime) = (left % self.onsets.len(), left / self.onsets.len());
            word.push_str(self.onsets[onset]);
            word.push_str(self.rimes[rime % self.rimes.len()]);
            left = rime / self.rimes.len();
            if left == 0 {
                return word;
            }
            left -= 1;
        }
    }

    /// Appends one word, as often as its rank says (Zipf's law).
    pub(crate) fn push(self, random: &mut StdRng, out: &mut String) {
        out.push_str(&self.word(rank(random)));
    }

    /// Appends words up to about so many bytes, in sentences and paragraphs;
    /// `end` ends a line.
    pub(crate) fn text(self, random: &mut StdRng, bytes: usize, end: &str, out: &mut String) {
        let (until, mut line) = (out.len() + bytes, out.len());
        while out.len() < until {
            for _ in 0..random.random_range(4..14) {
                self.push(random, out);
                out.push_str(self.blank);
                if out.len() - line > 70 {
                    out.push_str(end);
                    line = out.len();
                }
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push_str(self.stop);
            if random.random_range(0..6) == 0 {
                out.push_str(end);
                out.push_str(end);
                line = out.len();
            }
        }
        out.push_str(end);
    }
}

fn rank(random: &mut StdRng) -> usize {
    let many = WORDS as f64;
    many.powf(random.random::<f64>()) as usize - 1
}
