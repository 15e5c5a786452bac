//! The own check of a message's signatures (DKIM, RFC 6376 and 8463), with keys
//! that somebody else fetched.

mod words;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use mail_auth::common::crypto::{Algorithm, CryptoError};
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{
    AuthenticatedMessage, DkimResult, DnsError, Error, MessageAuthenticator, Parameters,
    ResolverCache, Txt,
};

use super::ascii_domain;
use crate::mime::{Authentication, Finding, Vouched};
use crate::model::{CheckedSignature, SignatureCheck, SignatureVerdict};

/// Nobody honest signs more often; each costs a hash over the whole message and
/// may cost a question.
const MOST: usize = 8;

/// The shortest key that counts, in bits (RFC 8301, 3.2).
const SHORTEST_KEY: usize = 1024;

/// The mark of a key whose domain only tries signatures out (`t=y`, RFC 6376,
/// 3.6.1).
const TESTING: u64 = 0x10;

/// Fields that a second one of, above the signed one, would be shown instead.
const SHOWN: [&str; 6] = ["From", "Subject", "Date", "To", "Cc", "Reply-To"];

/// What the name service says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Published {
    /// These texts.
    Texts(Vec<Vec<u8>>),
    /// That there is none.
    Nothing,
    /// Nothing; why, in words that follow a colon.
    NoAnswer(String),
}

/// What the name service says, by the names that were asked for.
pub(crate) type Keys = HashMap<String, Published>;

/// A key that it takes to check a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedKey {
    /// Where it is: `selector._domainkey.example.org`.
    pub(crate) name: String,
    /// Whose it is.
    pub(crate) domain: String,
}

/// A message whose signatures are checked, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// Its exact bytes.
    pub(crate) raw: &'a [u8],
    /// The domain of its author.
    pub(crate) author: &'a str,
    /// Whether it came by a mailing list.
    pub(crate) by_list: bool,
    /// When it arrived, Unix seconds.
    pub(crate) arrived: i64,
}

/// A signature and what it came to.
struct Judged {
    verdict: SignatureVerdict,
    domain: String,
    key: String,
}

impl Signed<'_> {
    /// The keys that it takes. None for what shows without one that it does not
    /// hold, as when the text was changed.
    pub(crate) fn keys_wanted(&self) -> Vec<WantedKey> {
        let judged = self.judge(&Keys::new()).unwrap_or_default();
        let mut wanted: Vec<WantedKey> = Vec::new();
        for Judged { key, domain, .. } in judged
            .into_iter()
            .filter(|one| one.verdict == SignatureVerdict::Unchecked)
        {
            if wanted.iter().all(|other| other.name != key) {
                wanted.push(WantedKey { name: key, domain });
            }
        }
        wanted
    }

    /// Checks all signatures with these keys; where one is missing, its
    /// signatures stay unchecked.
    pub(crate) fn check(&self, keys: &Keys) -> SignatureCheck {
        let Some(judged) = self.judge(keys) else {
            return SignatureCheck {
                signatures: vec![words::too_many()],
            };
        };
        let mut signatures: Vec<CheckedSignature> = judged
            .into_iter()
            .map(|one| words::checked(one, self, keys))
            .collect();
        signatures.sort_by(|one, other| {
            let rank = |one: &CheckedSignature| (!one.is_authors, one.verdict);
            rank(one)
                .cmp(&rank(other))
                .then_with(|| one.domain.cmp(&other.domain))
        });
        signatures.dedup();
        SignatureCheck { signatures }
    }

    /// Judges each signature; nothing where there are more than anybody needs.
    fn judge(&self, keys: &Keys) -> Option<Vec<Judged>> {
        let count = count(self.raw);
        if count > MOST {
            return None;
        }
        let Some(mut message) = AuthenticatedMessage::parse_with_opts(self.raw, None, false) else {
            return Some(Vec::new());
        };
        let claims: Vec<Signature> = message
            .dkim_headers
            .iter_mut()
            .map(|header| {
                let claim = header.header.clone();
                // Judged here: by when it arrived. And no further questions
                // (RFC 6541, RFC 6651).
                header.header.x = 0;
                header.header.atps = None;
                header.header.r = false;
                claim
            })
            .collect();
        let (usable, troubles) = usable_keys(keys);
        let results = results(&message, &usable);
        let mut judged: Vec<Judged> = claims
            .iter()
            .zip(results)
            .map(|(claim, result)| {
                let domain = if is_host(&claim.d) {
                    ascii_domain(&claim.d)
                } else {
                    String::new()
                };
                let key = key_name(claim);
                let verdict = self.verdict(claim, &message).unwrap_or_else(|| {
                    let trouble = troubles.get(&key).copied();
                    match (&result, usable.0.get(format!("{key}.").as_str())) {
                        // Shows without the key.
                        (DkimResult::Neutral(_), _) => of_result(&result, false),
                        (DkimResult::Pass, Some(_)) if claim.l != 0 => SignatureVerdict::InPart,
                        (_, Some(key)) => of_result(&result, key.has_flag(TESTING)),
                        (_, None) => trouble.unwrap_or(SignatureVerdict::Unchecked),
                    }
                });
                Judged {
                    verdict,
                    domain,
                    key,
                }
            })
            .collect();
        let unreadable = count.saturating_sub(judged.len());
        judged.extend((0..unreadable).map(|_| Judged {
            verdict: SignatureVerdict::Unreadable,
            domain: String::new(),
            key: String::new(),
        }));
        Some(judged)
    }

    /// What a signature comes to whatever its key says.
    fn verdict(
        &self,
        claim: &Signature,
        message: &AuthenticatedMessage<'_>,
    ) -> Option<SignatureVerdict> {
        if !is_host(&claim.d) || !is_host(&claim.s) {
            return Some(SignatureVerdict::Unreadable);
        }
        if !SHOWN.iter().all(|field| is_covered(field, claim, message)) {
            return Some(SignatureVerdict::SenderNotSigned);
        }
        // RFC 8301, 3.1.
        if claim.a == Algorithm::RsaSha1 {
            return Some(SignatureVerdict::Forgeable);
        }
        let arrived = u64::try_from(self.arrived).unwrap_or_default();
        let is_expired = claim.x != 0 && (claim.x <= claim.t || claim.x <= arrived);
        is_expired.then_some(SignatureVerdict::Expired)
    }
}

/// How many signatures a message has: counted before each is hashed for.
fn count(raw: &[u8]) -> usize {
    const NAME: &[u8] = b"DKIM-Signature";
    let lines = raw.split(|&byte| byte == b'\n');
    let header = lines.take_while(|line| !line.trim_ascii_end().is_empty());
    let starts = header.filter_map(|line| line.get(..NAME.len()));
    starts
        .filter(|start| start.eq_ignore_ascii_case(NAME))
        .count()
}

fn is_host(name: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.len() <= 253 && name.bytes().all(is_good)
}

/// Whether a signature covers all fields of a name that may be shown: the only
/// one may be left out but for the author's (RFC 6376, 5.4), of several all
/// have to be in.
fn is_covered(field: &str, claim: &Signature, message: &AuthenticatedMessage<'_>) -> bool {
    let there = message.headers.iter();
    let there = there.filter(|(name, _)| name.trim_ascii().eq_ignore_ascii_case(field.as_bytes()));
    let signed = claim.h.iter();
    let signed = signed.filter(|name| name.eq_ignore_ascii_case(field));
    let (there, signed) = (there.count(), signed.count());
    signed >= there && signed > 0 || there < 2 && field != "From"
}

fn key_name(claim: &Signature) -> String {
    format!("{}._domainkey.{}", claim.s, claim.d).to_ascii_lowercase()
}

/// The keys that can be used, by their names with a dot at the end.
struct Usable(HashMap<Box<str>, Arc<DomainKey>>);

/// Keys that can be used, and what a signature comes to with the others.
fn usable_keys(keys: &Keys) -> (Usable, HashMap<String, SignatureVerdict>) {
    let mut usable = HashMap::new();
    let mut troubles = HashMap::new();
    for (name, published) in keys {
        match key(published) {
            Ok(key) => {
                usable.insert(format!("{name}.").into_boxed_str(), Arc::new(key));
            }
            Err(verdict) => {
                troubles.insert(name.clone(), verdict);
            }
        }
    }
    (Usable(usable), troubles)
}

/// The first of the texts that is a key.
fn key(published: &Published) -> Result<DomainKey, SignatureVerdict> {
    let texts = match published {
        Published::Texts(texts) => texts,
        Published::Nothing => return Err(SignatureVerdict::NoKey),
        Published::NoAnswer(_) => return Err(SignatureVerdict::NoAnswer),
    };
    let mut trouble = SignatureVerdict::NoKey;
    for text in texts {
        match DomainKey::parse(text) {
            Ok(key) => match key.p.public_key_bits() {
                0 => trouble = SignatureVerdict::Unreadable,
                bits if bits < SHORTEST_KEY => trouble = SignatureVerdict::Forgeable,
                _ => return Ok(key),
            },
            Err(Error::Dkim(DkimError::RevokedPublicKey)) => {
                trouble = SignatureVerdict::KeyWithdrawn;
            }
            Err(Error::Dns(_)) => {}
            Err(_) => trouble = SignatureVerdict::Unreadable,
        }
    }
    Err(trouble)
}

impl ResolverCache<Box<str>, Txt> for Usable {
    /// Knows an answer to everything, so that nobody else is asked.
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let unknown = || Txt::Error(Error::Dns(DnsError::Resolver(String::new())));
        let key = self.0.get(name);
        Some(key.map_or_else(unknown, |key| Txt::DomainKey(key.clone())))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// What the crate finds, for each signature that can be read. It wants a
/// resolver of its own: that one has no server.
fn results(message: &AuthenticatedMessage<'_>, keys: &Usable) -> Vec<DkimResult> {
    let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    let Ok(checker) = MessageAuthenticator::new(nobody, ResolverOpts::default()) else {
        return Vec::new();
    };
    let parameters = Parameters::new(message).with_txt_cache(keys);
    let outputs = checker.verify_dkim(parameters).now_or_never();
    let outputs = outputs.unwrap_or_default().into_iter();
    outputs
        .filter(|output| output.signature().is_some())
        .map(|output| output.result().clone())
        .collect()
}

fn of_result(result: &DkimResult, is_testing: bool) -> SignatureVerdict {
    match result {
        DkimResult::Pass => SignatureVerdict::Good,
        DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch)) => {
            SignatureVerdict::Broken
        }
        DkimResult::Fail(Error::Crypto(CryptoError::IncompatibleAlgorithms)) => {
            SignatureVerdict::Unreadable
        }
        DkimResult::Fail(_) if is_testing => SignatureVerdict::Testing,
        DkimResult::Fail(_) => SignatureVerdict::Broken,
        _ => SignatureVerdict::Unreadable,
    }
}

/// Takes the own check for what the person's servers found out, where these
/// said nothing.
pub(crate) fn take_in(found: &mut Authentication, check: &SignatureCheck) {
    if !found.is_silent() {
        return;
    }
    found.is_ours = true;
    let vouched = check.signatures.iter().map(|one| Vouched {
        finding: match one.verdict {
            SignatureVerdict::Good => Finding::Pass,
            SignatureVerdict::Broken => Finding::Fail,
            _ => Finding::Unknown,
        },
        domain: one.domain.clone(),
    });
    found.dkim = vouched.collect();
}

#[cfg(test)]
mod tests;
