use super::*;
use crate::error::ErrorKind;

fn id(account: i64) -> SecretId {
    SecretId {
        profile: Uuid::from_u128(7),
        account: AccountId(account),
        server: Server::Incoming,
    }
}

fn file(profile: &Profile, passphrase: &str) -> Secrets {
    let passphrase = Password::new(passphrase);
    Secrets::open(SecretsChoice::File { passphrase }, profile).unwrap()
}

#[test]
fn the_file_keeps_secrets_for_the_right_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = file(&profile, "right");
    assert_eq!(secrets.get(id(1)).unwrap(), None);
    let hunter = Password::new("hunter2 \"ä\"");
    secrets.set(id(1), &hunter).unwrap();
    secrets.set(id(2), &Password::new("two")).unwrap();

    let bytes = std::fs::read(profile.secrets_file()).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"hunter2"));

    let again = file(&profile, "right");
    assert_eq!(again.get(id(1)).unwrap(), Some(hunter));
    again.remove(id(1)).unwrap();
    assert_eq!(again.get(id(1)).unwrap(), None);

    let wrong = file(&profile, "wrong");
    let error = wrong.get(id(2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Secrets);
    assert!(error.message().contains("passphrase is wrong"), "{error}");
    assert!(wrong.set(id(3), &Password::new("x")).is_err());
    let two = file(&profile, "right").get(id(2)).unwrap();
    assert_eq!(two, Some(Password::new("two")));
}

#[test]
fn a_changed_file_is_refused_wherever_it_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = file(&profile, "right");
    secrets.set(id(1), &Password::new("one")).unwrap();
    let good = std::fs::read(profile.secrets_file()).unwrap();
    // Magic, version, memory (too much), nonce, sealed text.
    for place in [0, 8, 12, 40, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 0x80;
        std::fs::write(profile.secrets_file(), &bad).unwrap();
        let error = file(&profile, "right").get(id(1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Secrets, "byte {place}");
    }
    std::fs::write(profile.secrets_file(), &good[..20]).unwrap();
    assert!(file(&profile, "right").get(id(1)).is_err());
}

#[test]
fn every_write_is_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = file(&profile, "right");
    secrets.set(id(1), &Password::new("one")).unwrap();
    let first = std::fs::read(profile.secrets_file()).unwrap();
    secrets.set(id(1), &Password::new("one")).unwrap();
    let second = std::fs::read(profile.secrets_file()).unwrap();
    assert_ne!(first[37..], second[37..]);
}

#[test]
fn memory_forgets_what_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = Secrets::open(SecretsChoice::Memory, &profile).unwrap();
    secrets.set(id(1), &Password::new("one")).unwrap();
    assert!(secrets.get(id(1)).unwrap().is_some());
    secrets.remove(id(1)).unwrap();
    assert!(secrets.get(id(1)).unwrap().is_none());
}

#[cfg(not(feature = "keyring"))]
#[test]
fn without_a_keyring_the_way_out_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = Secrets::open(SecretsChoice::Keyring, &profile).unwrap();
    let error = secrets.get(id(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Secrets);
    assert!(error.remedy().unwrap().contains("--secrets file"));
}

#[test]
fn an_empty_passphrase_is_no_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let passphrase = Password::new("");
    let Err(error) = Secrets::open(SecretsChoice::File { passphrase }, &profile) else {
        panic!("an empty passphrase was taken");
    };
    assert_eq!(error.kind(), ErrorKind::Secrets);
}
