//! What is fetched unasked, and what a folder that another program renamed
//! costs: against a real Dovecot.

use serde_json::Value;

use super::bed::bed;
use super::fetching::{id, list, mail, sync, with_account};
use super::profile::{AccountFile, Incoming, Profile};

fn stored(profile: &Profile, folder: &str, stored: &str) -> usize {
    let rows = list(profile, folder);
    rows.iter().filter(|row| row["stored"] == stored).count()
}

fn folder(profile: &Profile, path: &str) -> Value {
    let rows = profile.run(&["folders"]).objects();
    let row = rows.into_iter().find(|row| row["folder"] == path);
    row.unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn headers_only_until_a_folder_wants_more() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 20);
    bed.fill(&user, "Archive", 5);
    let profile = Profile::new(bed);
    let mut file = AccountFile::on(bed, &user, Incoming::ImapTls);
    file.more = "[incoming.imap]\nprefetch = \"headers\"\n".to_owned();
    profile.add_account(&file).objects();
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["bytes"], 0);
    assert_eq!(stored(&profile, "INBOX", "headers"), 20);
    // What is opened is fetched.
    let first = id(&list(&profile, "INBOX")[0]);
    assert!(!profile.run(&["show", &first]).objects().is_empty());
    assert_eq!(stored(&profile, "INBOX", "full"), 1);
    assert_eq!(folder(&profile, "Archive")["prefetch"], Value::Null);
    profile
        .run(&["folder", "prefetch", "Archive", "all"])
        .objects();
    assert_eq!(folder(&profile, "Archive")["prefetch"], "all");
    sync(&profile);
    assert_eq!(stored(&profile, "Archive", "full"), 5);
    assert_eq!(stored(&profile, "INBOX", "full"), 1);
    let refused = profile.run(&["folder", "prefetch", "Archive", "some"]);
    assert_eq!(refused.error_kind(), "input");
}

#[test]
fn a_folder_renamed_by_another_program_is_not_fetched_again() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let create = |name| bed.doveadm(&["mailbox", "create", "-u", &user.address, name]);
    create("Work");
    create("Work/Letters");
    bed.fill(&user, "Work", 7);
    bed.fill(&user, "Work/Letters", 9);
    let profile = with_account(bed, &user);
    sync(&profile);
    let ids = |path: &str| list(&profile, path).iter().map(id).collect::<Vec<_>>();
    let (work, letters) = (ids("Work"), ids("Work/Letters"));
    assert_eq!((work.len(), letters.len()), (7, 9));
    bed.doveadm(&["mailbox", "rename", "-u", &user.address, "Work", "Past"]);
    for (path, line) in sync(&profile) {
        for count in ["new", "changed", "removed", "bytes"] {
            assert_eq!(line[count], 0, "{path} {count}");
        }
    }
    assert_eq!(ids("Past"), work);
    assert_eq!(ids("Past/Letters"), letters);
    let rows = profile.run(&["folders"]).objects();
    assert!(rows.iter().all(|row| row["folder"] != "Work"));
    // In step from then on.
    bed.doveadm(&[
        "expunge",
        "-u",
        &user.address,
        "mailbox",
        "Past",
        "uid",
        "1",
    ]);
    assert_eq!(sync(&profile)["Past"]["removed"], 1);
    assert_eq!(stored(&profile, "Past", "full"), 6);
}

#[test]
fn a_folder_nobody_subscribed_to_is_followed_all_the_same() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "Work", 3);
    bed.doveadm(&["mailbox", "subscribe", "-u", &user.address, "Work"]);
    let profile = with_account(bed, &user);
    sync(&profile);
    assert_eq!(folder(&profile, "Work")["subscribed"], true);
    profile.run(&["folder", "unsubscribe", "Work"]).objects();
    assert_eq!(folder(&profile, "Work")["subscribed"], false);
    sync(&profile);
    assert_eq!(folder(&profile, "Work")["subscribed"], false);
    assert_eq!(stored(&profile, "Work", "full"), 3);
    bed.doveadm(&["mailbox", "subscribe", "-u", &user.address, "Work"]);
    sync(&profile);
    assert_eq!(folder(&profile, "Work")["subscribed"], true);
}
