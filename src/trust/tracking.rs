//! What senders hang on links to count who follows them.

/// Names that serve nothing else, in lower case.
const NAMES: &[&str] = &[
    // Advertisers' clicks.
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "igsh",
    "igshid",
    "li_fat_id",
    "msclkid",
    "rb_clickid",
    "ttclid",
    "twclid",
    "wbraid",
    "yclid",
    // Whoever sends newsletters, and counts their readers.
    "__hsfp",
    "__hssc",
    "__hstc",
    "__s",
    "_bta_c",
    "_bta_tid",
    "_hsenc",
    "_hsmi",
    "_kx",
    "_openstat",
    "ck_subscriber_id",
    "dm_i",
    "epik",
    "hsctatracking",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber",
    "ml_subscriber_hash",
    "oly_anon_id",
    "oly_enc_id",
    "s_cid",
    "trk_contact",
    "trk_msg",
    "vero_conv",
    "vero_id",
    "wickedid",
];

/// How such names begin.
const BEGINNINGS: &[&str] = &["utm_", "mtm_", "matomo_", "piwik_", "pk_"];

/// A web address without what only counts who follows it. Nothing where there
/// is none of that; all else stays as it is, letter for letter.
pub(crate) fn untracked(url: &str) -> Option<String> {
    let (before, fragment) = match url.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (url, None),
    };
    let (page, query) = before.split_once('?')?;
    let is_web = page.split_once("://").is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    });
    let all: Vec<&str> = query.split('&').collect();
    let wanted: Vec<&str> = all.iter().copied().filter(|one| !counts(one)).collect();
    if !is_web || wanted.len() == all.len() {
        return None;
    }
    let mut out = page.to_owned();
    if !wanted.is_empty() {
        out.push('?');
        out.push_str(&wanted.join("&"));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    Some(out)
}

fn counts(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or(parameter);
    let name = name.to_ascii_lowercase();
    let begins = BEGINNINGS.iter().any(|start| name.starts_with(start));
    begins || NAMES.contains(&name.as_str())
}
