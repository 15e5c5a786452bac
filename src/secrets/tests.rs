use super::*;
use crate::error::ErrorKind;

fn id(account: i64) -> SecretId {
    SecretId {
        profile: Uuid::from_u128(7),
        account: AccountId(account),
        edition: 0,
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
    again.clear(&[id(1)]);
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
    secrets.clear(&[id(1)]);
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

/// An asker that answers so, and how often it was asked.
fn asker(answer: &'static str) -> (Asker, Arc<Mutex<Vec<SecretQuestion>>>) {
    let asked: Arc<Mutex<Vec<SecretQuestion>>> = Arc::default();
    let heard = Arc::clone(&asked);
    let asker = Asker::new(move |question| {
        lock(&heard).push(question.clone());
        Some(Password::new(answer))
    });
    (asker, asked)
}

fn question() -> SecretQuestion {
    SecretQuestion {
        account: "Home".to_owned(),
        host: "mail.example.test".to_owned(),
        protocol: crate::model::Protocol::Imap,
        may_be_same: false,
    }
}

fn outgoing(account: i64) -> SecretId {
    SecretId {
        server: Server::Outgoing,
        ..id(account)
    }
}

#[test]
fn what_is_asked_each_time_is_asked_once_and_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let (asker, asked) = asker("hunter2");
    let secrets = Secrets::open(SecretsChoice::Ask(Some(asker)), &profile).unwrap();
    assert_eq!(secrets.get(id(1)).unwrap(), None);
    for _ in 0..2 {
        let answer = secrets.ask(id(1), question());
        assert_eq!(answer, Some(Password::new("hunter2")));
        assert_eq!(secrets.get(id(1)).unwrap(), answer);
    }
    secrets.ask(outgoing(1), question()).unwrap();
    let same: Vec<bool> = lock(&asked).iter().map(|one| one.may_be_same).collect();
    assert_eq!(same, [false, true]);
    assert!(!profile.secrets_file().exists());
}

#[test]
fn no_answer_for_the_outgoing_server_means_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let (silent, _) = asker("");
    let secrets = Secrets::open(SecretsChoice::Ask(Some(silent)), &profile).unwrap();
    assert_eq!(secrets.ask(id(1), question()), None);
    secrets.set(id(1), &Password::new("one")).unwrap();
    let same = secrets.ask(outgoing(1), question());
    assert_eq!(same, Some(Password::new("one")));
    // Nobody asks where secrets are kept, or where a window does.
    for choice in [SecretsChoice::Memory, SecretsChoice::Ask(None)] {
        let secrets = Secrets::open(choice, &profile).unwrap();
        assert_eq!(secrets.ask(id(1), question()), None);
    }
}

#[test]
fn secrets_move_to_another_place_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = Secrets::open(SecretsChoice::Memory, &profile).unwrap();
    let one = Password::new("one");
    secrets.set(id(1), &one).unwrap();
    let ids = [id(1), id(2)];
    let to_file = |passphrase: &str| {
        let passphrase = Password::new(passphrase);
        secrets.switch(
            SecretsChoice::File { passphrase },
            &profile,
            &ids,
            || Ok(()),
        )
    };
    to_file("right").unwrap();
    assert_eq!(
        file(&profile, "right").get(id(1)).unwrap(),
        Some(one.clone())
    );
    // A wrong passphrase changes nothing; the right one, again, loses nothing.
    let error = to_file("wrong").unwrap_err();
    assert_eq!(
        SecretsTrouble::of(&error),
        Some(SecretsTrouble::WrongPassphrase)
    );
    to_file("right").unwrap();
    assert_eq!(
        file(&profile, "right").get(id(1)).unwrap(),
        Some(one.clone())
    );
    assert_eq!(secrets.get(id(1)).unwrap(), Some(one.clone()));

    secrets
        .switch(SecretsChoice::Ask(None), &profile, &ids, || Ok(()))
        .unwrap();
    assert_eq!(file(&profile, "right").get(id(1)).unwrap(), None);
    assert_eq!(secrets.get(id(1)).unwrap(), Some(one));
}

#[test]
fn an_empty_file_is_gone_and_asks_for_no_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let secrets = file(&profile, "right");
    let one = Password::new("one");
    secrets.set(id(1), &one).unwrap();
    secrets.set(id(2), &one).unwrap();
    secrets.clear(&[id(1)]);
    assert!(profile.secrets_file().exists());
    secrets.clear(&[id(2)]);
    assert!(!profile.secrets_file().exists());
    let other = file(&profile, "another");
    other.set(id(1), &one).unwrap();
    assert_eq!(other.get(id(1)).unwrap(), Some(one));
}

#[test]
fn a_new_file_takes_any_passphrase_and_leaves_the_old_one_aside() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let (one, two) = (Password::new("one"), Password::new("two"));
    file(&profile, "lost").set(id(1), &one).unwrap();
    let aside = profile.secrets_file().with_extension("enc.broken-1");
    let secrets = Secrets::open(SecretsChoice::LockedFile, &profile).unwrap();
    let begin = |passphrase: &str, saved: fn() -> Result<()>| {
        let passphrase = Password::new(passphrase);
        let choice = SecretsChoice::NewFile { passphrase };
        secrets.switch(choice, &profile, &[id(1), id(2)], saved)
    };
    // Where it comes to nothing, the old one is where it was.
    begin("new", || Err(SecretsTrouble::Failed.error())).unwrap_err();
    begin("", || Ok(())).unwrap_err();
    assert!(secrets.is_locked() && !aside.exists());
    let lost = file(&profile, "lost").get(id(1)).unwrap();
    assert_eq!(lost, Some(one.clone()));

    begin("new", || Ok(())).unwrap();
    assert_eq!(secrets.get(id(1)).unwrap(), None);
    secrets.set(id(2), &two).unwrap();
    let new = file(&profile, "new");
    assert_eq!(new.get(id(2)).unwrap(), Some(two.clone()));
    // An open one gives what it holds to the next.
    begin("newer", || Ok(())).unwrap();
    let newer = file(&profile, "newer");
    assert_eq!(newer.get(id(2)).unwrap(), Some(two));
    std::fs::rename(aside, profile.secrets_file()).unwrap();
    let lost = file(&profile, "lost").get(id(1)).unwrap();
    assert_eq!(lost, Some(one), "what was set aside is as it was");
}

#[test]
fn a_locked_file_opens_with_its_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let one = Password::new("one");
    file(&profile, "right").set(id(1), &one).unwrap();
    let secrets = Secrets::open(SecretsChoice::LockedFile, &profile).unwrap();
    let error = secrets.get(id(1)).unwrap_err();
    assert_eq!(SecretsTrouble::of(&error), Some(SecretsTrouble::FileLocked));
    assert!(secrets.set(id(1), &one).is_err());
    let passphrase = Password::new("right");
    let choice = SecretsChoice::File { passphrase };
    secrets
        .switch(choice, &profile, &[id(1)], || Ok(()))
        .unwrap();
    assert_eq!(secrets.get(id(1)).unwrap(), Some(one));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    file(&profile, "right")
        .set(id(1), &Password::new("one"))
        .unwrap();
    let mode = std::fs::metadata(profile.secrets_file()).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}
