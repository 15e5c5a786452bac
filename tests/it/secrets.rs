//! Where passwords are, and where they are not.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Profile};

/// Runs a command as a person without a terminal does, with these words first.
fn bare(profile: &Profile, arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_waxwing"))
        .arg("--profile")
        .arg(profile.path())
        .arg("--json")
        .args(arguments)
        .env("SSL_CERT_FILE", bed().ca_file())
        .env_remove("WAXWING_PASSPHRASE")
        .env_remove("WAXWING_PROFILE")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_settings_say_where_passwords_are() {
    let profile = Profile::new(bed());
    let account = AccountFile::on(bed(), &bed().fresh_user(), Incoming::ImapTls);
    profile.add_account(&account).objects();
    for (place, words) in [
        ("file", "nobody is there to ask"),
        ("ask", "is not kept on this computer"),
        // Built without a keyring.
        ("keyring", "No keyring runs on this computer"),
    ] {
        let text = format!("version = 1\n[secrets]\nplace = \"{place}\"\n");
        fs::write(profile.path().join("settings.toml"), text).unwrap();
        let (stdout, stderr) = bare(&profile, &["sync"]);
        if place != "keyring" || !cfg!(feature = "keyring") {
            assert!(stderr.contains(words), "{place}: {stderr} {stdout}");
        }
        // The option goes before the settings.
        profile.run(&["sync"]).objects();
    }
}

#[test]
fn what_is_asked_each_time_is_kept_nowhere() {
    let profile = Profile::new(bed());
    let account = AccountFile::on(bed(), &bed().fresh_user(), Incoming::ImapTls);
    let file = profile.file("account.toml", account.to_toml().as_bytes());
    let password = format!("{}\n", account.user.password);
    let arguments = ["--secrets", "ask", "account", "add"];
    let more = [file.to_str().unwrap(), "--password-stdin"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_waxwing"))
        .arg("--profile")
        .arg(profile.path())
        .args(arguments)
        .args(more)
        .env("SSL_CERT_FILE", bed().ca_file())
        .env_remove("WAXWING_PROFILE")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut pipe, password.as_bytes()).unwrap();
    drop(pipe);
    assert!(child.wait().unwrap().success());
    assert!(!profile.path().join("data/secrets.enc").exists());
    let mut folders = vec![profile.path()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains(&account.user.password), "{}", path.display());
            }
        }
    }
    let (stdout, stderr) = bare(&profile, &["--secrets", "ask", "sync"]);
    assert!(stdout.contains("\"auth\""), "{stdout} {stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_image_of_the_memory() {
    let profile = Profile::new(bed());
    let mut demo = profile.spawn(&["demo", "--headless"]);
    let mut told = BufReader::new(demo.stdout.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", demo.id())).unwrap();
    demo.kill().unwrap();
    demo.wait().unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = core.unwrap().split_ascii_whitespace().collect();
    assert_eq!(words[4..6], ["1", "1"], "{limits}");
}
