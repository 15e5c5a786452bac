//! A certificate authority of the bed's own, a good certificate, and bad ones.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// What a server may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// For `localhost` and 127.0.0.1, by the bed's authority.
    Good,
    /// As the good one, but its time is over.
    Expired,
    /// By the bed's authority, for another host.
    WrongName,
    /// For `localhost`, by nobody but itself.
    SelfSigned,
}

impl Leaf {
    const ALL: [Self; 4] = [Self::Good, Self::Expired, Self::WrongName, Self::SelfSigned];

    fn stem(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::WrongName => "wrong-name",
            Self::SelfSigned => "self-signed",
        }
    }
}

/// The files of the certificates.
#[derive(Debug)]
pub(crate) struct Certificates {
    dir: PathBuf,
}

impl Certificates {
    /// Makes everything, in the PEM format, into `dir`.
    pub(crate) fn create(dir: &Path) -> Self {
        fs::create_dir_all(dir).unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Waxwing test bed authority");
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        fs::write(dir.join("ca.pem"), ca.pem()).unwrap();
        let issuer = Issuer::new(params, ca_key);

        let made = Self { dir: dir.into() };
        for leaf in Leaf::ALL {
            let key = KeyPair::generate().unwrap();
            let certificate = make(leaf, &key, &issuer);
            fs::write(made.certificate(leaf), certificate.pem()).unwrap();
            fs::write(made.key(leaf), key.serialize_pem()).unwrap();
        }
        made
    }

    /// The authority's certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// The certificate a server shows.
    pub(crate) fn certificate(&self, leaf: Leaf) -> PathBuf {
        self.dir.join(format!("{}.pem", leaf.stem()))
    }

    /// The private key belonging to it.
    pub(crate) fn key(&self, leaf: Leaf) -> PathBuf {
        self.dir.join(format!("{}.key", leaf.stem()))
    }
}

fn make(leaf: Leaf, key: &KeyPair, issuer: &Issuer<'_, KeyPair>) -> Certificate {
    let names = match leaf {
        Leaf::WrongName => vec!["mail.elsewhere.test".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, leaf.stem());
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    if leaf == Leaf::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    match leaf {
        Leaf::SelfSigned => params.self_signed(key).unwrap(),
        _ => params.signed_by(key, issuer).unwrap(),
    }
}
