//! The messages of the ways to sign in. Pure: what is said, never how.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::protocol::bearer::saslname;

/// As many rounds as are waited for; a server that asks for more wants to
/// keep the machine busy.
const MOST_ROUNDS: u32 = 1_000_000;

/// The fewest rounds RFC 7677, 4, allows: a server that asks for fewer wants
/// the password guessed.
const FEWEST_ROUNDS: u32 = 4096;

/// A secret message.
pub(super) type Secret = Zeroizing<String>;

/// RFC 4616.
pub(super) fn plain(name: &str, password: &str) -> Secret {
    Zeroizing::new(format!("\0{name}\0{password}"))
}

/// RFC 2195: the name and a digest of the server's challenge.
pub(super) fn cram_md5(name: &str, password: &str, challenge: &[u8]) -> Option<Secret> {
    let mut mac = Hmac::<Md5>::new_from_slice(password.as_bytes()).ok()?;
    mac.update(challenge);
    let digest = HEXLOWER.encode(&mac.finalize().into_bytes());
    Some(Zeroizing::new(format!("{name} {digest}")))
}

/// Why SCRAM did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScramFault {
    /// What the server said is not SCRAM.
    Nonsense,
    /// The server does not know the password either: it may be another one.
    NotTheServer,
}

/// SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: neither side
/// tells the other the password, and both prove that they know it.
pub(super) struct Scram {
    first_bare: String,
    nonce: String,
}

/// What the second step needs and gives.
pub(super) struct Proof {
    /// What is said to the server.
    pub(super) message: Secret,
    /// What only a server that knows the password can say.
    signature: String,
}

impl Scram {
    /// `nonce`: printable letters without a comma that nobody can foresee.
    pub(super) fn new(name: &str, nonce: &str) -> Self {
        Self {
            first_bare: format!("n={},r={nonce}", saslname(name)),
            nonce: nonce.to_owned(),
        }
    }

    /// The first message.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// The answer to the server's first message. Blocks for some milliseconds.
    pub(super) fn prove(&self, password: &str, server_first: &str) -> Result<Proof, ScramFault> {
        let field = |key: &str| {
            server_first
                .split(',')
                .find_map(|part| part.strip_prefix(key))
                .ok_or(ScramFault::Nonsense)
        };
        let nonce = field("r=")?;
        let salt = STANDARD
            .decode(field("s=")?)
            .map_err(|_| ScramFault::Nonsense)?;
        let rounds: u32 = field("i=")?.parse().map_err(|_| ScramFault::Nonsense)?;
        let own = nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce);
        let is_sane = own && !server_first.starts_with("m=") && !salt.is_empty();
        if !is_sane || !(FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds) {
            return Err(ScramFault::Nonsense);
        }
        let salted = Zeroizing::new(salted(password.as_bytes(), &salt, rounds));
        let client_key = Zeroizing::new(hmac(&*salted, b"Client Key"));
        let stored_key = Sha256::digest(client_key.as_slice());
        let server_key = Zeroizing::new(hmac(&*salted, b"Server Key"));
        let without_proof = format!("c=biws,r={nonce}");
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);
        let client_signature = hmac(&stored_key, signed.as_bytes());
        let proof: Vec<u8> = client_key
            .iter()
            .zip(client_signature)
            .map(|(key, signature)| key ^ signature)
            .collect();
        Ok(Proof {
            message: Zeroizing::new(format!("{without_proof},p={}", STANDARD.encode(proof))),
            signature: STANDARD.encode(hmac(&*server_key, signed.as_bytes())),
        })
    }
}

impl Proof {
    /// Whether the server's last message proves that it knows the password.
    pub(super) fn check(&self, server_final: &str) -> Result<(), ScramFault> {
        let told = server_final
            .split(',')
            .find_map(|part| part.strip_prefix("v="));
        match told {
            Some(told) if told == self.signature => Ok(()),
            _ => Err(ScramFault::NotTheServer),
        }
    }
}

/// `Hi` of RFC 5802, 2.2.
fn salted(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut first = salt.to_vec();
    first.extend_from_slice(&1_u32.to_be_bytes());
    let mut last = hmac(password, &first);
    let mut sum = last;
    for _ in 1..rounds {
        last = hmac(password, &last);
        for (sum, last) in sum.iter_mut().zip(last) {
            *sum ^= last;
        }
    }
    sum
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key of any length is taken (RFC 2104, 2).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7677() {
        let scram = Scram::new("user", "rOprNGfwEbeRWgbNEkqO");
        assert_eq!(scram.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let server = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                      s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let proof = scram.prove("pencil", server).unwrap();
        assert_eq!(
            proof.message.as_str(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        let right = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        assert_eq!(proof.check(right), Ok(()));
        for wrong in [
            "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            "e=invalid-proof",
            "",
        ] {
            assert_eq!(proof.check(wrong), Err(ScramFault::NotTheServer), "{wrong}");
        }
    }

    #[test]
    fn a_server_that_cheats_at_scram_gets_no_proof() {
        let scram = Scram::new("a", "nonce");
        for server in [
            "",
            "r=other,s=QUJD,i=4096",
            "r=nonce,s=QUJD,i=4096",
            "r=nonceX,s=QUJD,i=1",
            "r=nonceX,s=QUJD,i=4294967295",
            "r=nonceX,s=,i=4096",
            "r=nonceX,s=?,i=4096",
            "r=nonceX,i=4096",
            "m=x,r=nonceX,s=QUJD,i=4096",
        ] {
            let fault = scram.prove("pw", server).err();
            assert_eq!(fault, Some(ScramFault::Nonsense), "{server}");
        }
    }

    #[test]
    fn the_example_of_rfc_2195() {
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        assert_eq!(
            cram_md5("tim", "tanstaaftanstaaf", challenge)
                .unwrap()
                .as_str(),
            "tim b913a602c7eda7a495b4e6e7334d3890"
        );
    }

    #[test]
    fn plain_parts_name_and_password_with_zeros() {
        assert_eq!(plain("a", "b").as_str(), "\0a\0b");
    }
}
