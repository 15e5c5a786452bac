//! Lists against a plain sort of all there is, and how SQLite reads them.

use std::collections::HashSet;

use super::kept::tests as kept;
use super::order::Source;
use crate::model::{
    Address, EmailId, FlagChange, Flags, FolderId, FolderRole, ListView, Listing, PlacementId,
    QuickFilter, Sort, SortKey, ThreadId, Uid, Within,
};
use crate::store::tests::{ACCOUNT, Bench, bench, email, plan_of};
use crate::store::{NewEmail, NewFolder, NewPlacement, Read, Result};

/// A message in words.
#[derive(Debug, Clone)]
struct Mail {
    id: PlacementId,
    folder: FolderId,
    email: NewEmail,
    unread: bool,
    starred: bool,
}

const COUNT: usize = 60;

/// The inbox and Trash with messages of which many are alike.
async fn stocked() -> (Bench, Vec<Mail>) {
    let bench = bench().await;
    let folders = [bench.inbox, bench.trash];
    let mails = bench
        .write(move |w| {
            let mut mails = Vec::new();
            for n in 0..COUNT {
                let parent = format!("{}@x", n / 3 * 3);
                let named = [parent.as_str()];
                let mut email = email(&format!("{n}@x"), &named, (n * 7 % 20) as i64);
                let who = ["Zoe", "émile", "Ada", "\"bob\""][n % 4];
                email.from = vec![Address::new(who, format!("{n}@example.test"))];
                email.subject = ["Re: Lunch", "Dinner", "AW: Re: lunch"][n % 3].to_owned();
                email.size = (n % 5) as u64;
                email.attachments = u32::from(n % 4 == 1);
                let (unread, starred) = (n % 3 == 0, n % 5 == 0);
                let flags = Flags::default()
                    .with(crate::model::Flag::Seen, !unread)
                    .with(crate::model::Flag::Flagged, starred);
                let folder = folders[usize::from(n % 6 == 5)];
                let id = w.add_placement(&NewPlacement {
                    email: w.add_email(&email)?,
                    folder,
                    uid: None,
                    flags,
                    keywords: vec![],
                    date: email.date.timestamp(),
                })?;
                mails.push(Mail {
                    id,
                    folder,
                    email,
                    unread,
                    starred,
                });
            }
            // Both are inboxes of somebody.
            w.mail.execute("UPDATE folder SET role = 'inbox'", [])?;
            Ok(mails)
        })
        .await;
    (bench, mails)
}

fn text_key(mail: &Mail, key: SortKey) -> String {
    match key {
        SortKey::Sender => {
            let name = mail.email.from[0].name.to_lowercase();
            name.replace('é', "e").replace('"', "")
        }
        SortKey::Subject => ["lunch", "dinner"][usize::from(mail.email.subject == "Dinner")].into(),
        SortKey::Size => mail.email.size.to_string(),
        SortKey::Unread => u8::from(mail.unread).to_string(),
        SortKey::Recipient | SortKey::Date => String::new(),
    }
}

/// As it should be, by sorting everything.
fn expected(mails: &[Mail], folders: &[FolderId], sort: Sort, filter: QuickFilter) -> Vec<i64> {
    let mut rows: Vec<&Mail> = mails
        .iter()
        .filter(|mail| folders.contains(&mail.folder))
        .filter(|mail| !filter.unread || mail.unread)
        .filter(|mail| !filter.starred || mail.starred)
        .filter(|mail| !filter.attachments || mail.email.attachments > 0)
        .filter(|mail| {
            filter
                .since
                .is_none_or(|since| mail.email.date.timestamp() >= since)
        })
        .collect();
    let age = |mail: &Mail| (mail.email.date.timestamp(), mail.id);
    rows.sort_by_key(|mail| std::cmp::Reverse(age(mail)));
    match (sort.key, sort.descending) {
        (SortKey::Date, true) => {}
        (SortKey::Date, false) => rows.reverse(),
        (key, true) => rows.sort_by_key(|mail| std::cmp::Reverse(text_key(mail, key))),
        (key, false) => rows.sort_by_key(|mail| text_key(mail, key)),
    }
    rows.into_iter().map(|mail| mail.id.0).collect()
}

fn numbers(ids: &[PlacementId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

fn every_filter(mails: &[Mail]) -> Vec<QuickFilter> {
    let since = mails[0].email.date.timestamp() + 8 * 60;
    (0..16_u8)
        .map(|bits| QuickFilter {
            unread: bits & 1 != 0,
            starred: bits & 2 != 0,
            attachments: bits & 4 != 0,
            since: (bits & 8 != 0).then_some(since),
        })
        .collect()
}

fn every_sort() -> impl Iterator<Item = Sort> {
    use SortKey::{Date, Recipient, Sender, Size, Subject, Unread};
    [Date, Sender, Recipient, Subject, Size, Unread]
        .into_iter()
        .flat_map(|key| [true, false].map(|descending| Sort { key, descending }))
}

/// Lists every view in every order through every filter.
async fn lists_as_a_plain_sort(bench: &Bench, mails: &[Mail]) {
    let mails = mails.to_vec();
    let views = [
        (ListView::Folder(bench.inbox), vec![bench.inbox]),
        (
            ListView::Unified(FolderRole::Inbox),
            vec![bench.inbox, bench.trash],
        ),
        (
            ListView::Role(ACCOUNT, FolderRole::Inbox),
            vec![bench.inbox, bench.trash],
        ),
    ];
    let filters = every_filter(&mails);
    bench
        .read(move |r| {
            for (view, folders) in &views {
                for (sort, filter) in
                    every_sort().flat_map(|sort| filters.iter().map(move |f| (sort, *f)))
                {
                    let mut listing = Listing {
                        view: *view,
                        sort,
                        filter,
                        grouped: false,
                    };
                    let wanted = expected(&mails, folders, sort, filter);
                    assert_eq!(numbers(&r.listed(&listing, None)?), wanted, "{listing:?}");
                    let first = numbers(&r.listed(&listing, Some(7))?);
                    let begin = &wanted[..wanted.len().min(7)];
                    assert_eq!(first, begin, "{listing:?}");
                    // What was found otherwise is put in the same order.
                    let mut ids: Vec<_> = mails
                        .iter()
                        .filter(|mail| folders.contains(&mail.folder))
                        .map(|mail| mail.id)
                        .collect();
                    ids.reverse();
                    let found = r.arranged(&ids, sort, filter, false)?;
                    assert_eq!(numbers(&found), wanted, "{listing:?}");
                    listing.grouped = true;
                    grouped_as_flat(r, &listing, &wanted)?;
                }
            }
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn every_order_is_that_of_a_plain_sort_and_begins_the_same() {
    let (bench, mails) = stocked().await;
    lists_as_a_plain_sort(&bench, &mails).await;
}

/// Keeps every order of the two folders.
async fn keep_all(bench: &Bench, mails: &[Mail]) {
    let folders = [bench.inbox, bench.trash];
    let ids: Vec<PlacementId> = mails.iter().map(|mail| mail.id).collect();
    bench
        .write(move |w| {
            for order in kept::every_order(&folders) {
                assert!(w.keep_order(order)?);
                // Not used before all are in it.
                assert!(!kept::comes_from_index(&w.read(), &folders)?);
                w.fill_order(order, &ids)?;
                w.order_is_whole(order)?;
                assert!(!w.keep_order(order)?);
            }
            Ok(())
        })
        .await;
}

/// The same mail with much of what lists sort by changed, moved, and some gone.
fn changed(mut mails: Vec<Mail>, folders: [FolderId; 2]) -> Vec<Mail> {
    for (n, mail) in mails.iter_mut().enumerate() {
        if n % 7 == 0 {
            mail.folder = folders[usize::from(mail.folder == folders[0])];
        }
        if n % 4 == 0 {
            mail.email.size = 5 + n as u64 % 3;
        }
        if n % 5 == 0 {
            mail.email.subject = "Dinner".to_owned();
            mail.email.from[0].name = "Ada".to_owned();
        }
    }
    let places = mails.into_iter().enumerate();
    places
        .filter_map(|(n, mail)| (n % 11 != 0).then_some(mail))
        .collect()
}

/// Writes into the store how these are now; what is not among them goes.
async fn store_changed(bench: &Bench, mails: &[Mail]) {
    let (mails, folders) = (mails.to_vec(), [bench.inbox, bench.trash]);
    bench
        .write(move |w| {
            let left: HashSet<PlacementId> = mails.iter().map(|mail| mail.id).collect();
            for folder in folders {
                let ids = w.read().placement_ids(folder)?;
                let gone = ids.into_iter().filter(|id| !left.contains(id));
                gone.into_iter().try_for_each(|id| w.remove_placement(id))?;
            }
            for mail in &mails {
                let from = serde_json::to_string(&mail.email.from).unwrap();
                w.mail.execute(
                    "UPDATE email SET size = ?2, subject = ?3, sender = ?4
                     WHERE id = (SELECT email FROM placement WHERE id = ?1)",
                    (mail.id.0, mail.email.size, &mail.email.subject, from),
                )?;
                let sql = "UPDATE placement SET folder = ?2 WHERE id = ?1 AND folder <> ?2";
                w.mail.execute(sql, (mail.id.0, mail.folder.0))?;
            }
            Ok(())
        })
        .await;
}

async fn count(bench: &Bench, sql: &'static str) -> i64 {
    bench
        .read(move |r| Ok(r.mail.query_row(sql, [], |row| row.get(0))?))
        .await
}

#[tokio::test]
async fn kept_orders_are_those_of_a_plain_sort_whatever_changes() {
    let (bench, mails) = stocked().await;
    let folders = [bench.inbox, bench.trash];
    keep_all(&bench, &mails).await;
    lists_as_a_plain_sort(&bench, &mails).await;

    let mails = changed(mails, folders);
    store_changed(&bench, &mails).await;
    lists_as_a_plain_sort(&bench, &mails).await;
    let from_index = bench
        .read(move |r| kept::comes_from_index(r, &folders))
        .await;
    assert!(from_index);
    let due = "SELECT count(*) FROM order_due";
    assert_eq!(count(&bench, due).await, 0);
    let entries = "SELECT count(*) FROM order_entry";
    assert_eq!(count(&bench, entries).await, 4 * mails.len() as i64);
}

#[tokio::test]
async fn kept_orders_follow_conversations_and_go_with_their_folder() {
    let (bench, mails) = stocked().await;
    let trash = bench.trash;
    keep_all(&bench, &mails).await;
    bench
        .write(|w| Ok(w.mail.execute_batch("UPDATE email SET thread = 1")?))
        .await;
    let strangers = "SELECT count(*) FROM order_entry WHERE thread <> 1";
    assert_eq!(count(&bench, strangers).await, 0);
    bench
        .write(move |w| {
            let rows = "DELETE FROM placement WHERE folder = ?1";
            w.mail.execute(rows, [trash.0])?;
            w.mail
                .execute("DELETE FROM folder WHERE id = ?1", [trash.0])?;
            Ok(())
        })
        .await;
    let left = "SELECT (SELECT count(DISTINCT folder) FROM order_entry)
        + (SELECT count(DISTINCT folder) FROM kept_order)";
    assert_eq!(count(&bench, left).await, 2, "the inbox's alone");
}

#[tokio::test]
async fn what_is_unread_or_starred_is_gathered_from_where_it_counts() {
    let (bench, mails) = stocked().await;
    let (inbox, other) = (bench.inbox, bench.trash);
    // What the other folder is for, and which of both count.
    for (role, unread_in, starred_in) in [
        ("", vec![inbox, other], vec![inbox, other]),
        ("trash", vec![inbox], vec![inbox]),
        ("sent", vec![inbox], vec![inbox, other]),
        ("flagged", vec![inbox], vec![other]),
    ] {
        let change = move |w: &crate::store::Write<'_>| {
            let sql = "UPDATE folder SET role = ?1 WHERE id = ?2";
            w.mail.execute(sql, (role, other.0))?;
            Ok(())
        };
        bench.write(change).await;
        for (view, folders, filter) in [
            (
                ListView::Unread,
                unread_in,
                QuickFilter {
                    unread: true,
                    ..QuickFilter::default()
                },
            ),
            (
                ListView::Starred,
                starred_in,
                QuickFilter {
                    starred: true,
                    ..QuickFilter::default()
                },
            ),
        ] {
            let wanted = expected(&mails, &folders, Sort::default(), filter);
            let listed = bench.read(move |r| r.listed(&view.into(), None)).await;
            assert_eq!(numbers(&listed), wanted, "{role:?} {view:?}");
        }
    }
}

/// Groups stand where their first rows stand, and hold all rows once.
fn grouped_as_flat(r: &Read<'_>, listing: &Listing, flat: &[i64]) -> Result<()> {
    let listed = r.listed(listing, None)?;
    let thread = |id: &i64| (id - 1) / 3;
    let mut seen = HashSet::new();
    let firsts: Vec<i64> = flat
        .iter()
        .copied()
        .filter(|id| seen.insert(thread(id)))
        .collect();
    assert_eq!(numbers(&listed), firsts, "{listing:?}");
    for (index, first) in firsts.iter().enumerate() {
        let same: Vec<i64> = flat
            .iter()
            .copied()
            .filter(|id| thread(id) == thread(first))
            .collect();
        assert_eq!(numbers(listed.members(index)), same, "{listing:?}");
    }
    assert_eq!(listed.messages(), flat.len());
    let first = numbers(&r.listed(listing, Some(4))?);
    assert_eq!(first, &firsts[..firsts.len().min(4)], "{listing:?}");
    Ok(())
}

#[tokio::test]
async fn lists_walk_an_index_and_sort_nothing() {
    let bench = bench().await;
    let folders = [bench.inbox, bench.trash];
    bench
        .read(move |r| {
            for (source, index) in [
                (Source::All, "placement_by_date"),
                (Source::Unread, "placement_unread_in"),
                (Source::Starred, "placement_flagged_in"),
                (Source::Attached, "placement_attached_in"),
            ] {
                for descending in [true, false] {
                    let sql = source.sql(descending);
                    let walk = format!(
                        "SEARCH placement USING COVERING INDEX {index} (folder=? AND date>?)"
                    );
                    assert_eq!(plan_of(r, &sql)?, [walk], "{sql}");
                }
            }
            // What rows are sorted by in memory, and what is shown of them, is
            // read by ids alone.
            for column in ["e.sender", "e.recipients", "e.subject", "e.size"] {
                let sql = format!(
                    "SELECT {column} FROM placement p JOIN email e ON e.id = p.email WHERE p.id = ?1"
                );
                let by_id = ["p", "e"].map(|table| {
                    format!("SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)")
                });
                assert_eq!(plan_of(r, &sql)?, by_id, "{sql}");
            }
            for folders in [&folders[..1], &folders] {
                for descending in [true, false] {
                    let plan = plan_of(r, &super::kept::sql(folders, 1, descending))?;
                    let walks = "SEARCH order_entry USING PRIMARY KEY (folder=? AND key=?)";
                    let steps = |wanted: &str| plan.iter().filter(|step| *step == wanted).count();
                    assert_eq!(steps(walks), folders.len(), "{plan:?}");
                    assert!(!plan.iter().any(|step| step.contains("TEMP")), "{plan:?}");
                }
            }
            let members = plan_of(r, super::conversation::MEMBERS)?;
            let sorts = |step: &String| step.contains("TEMP B-TREE");
            assert!(!members.iter().any(sorts), "{members:?}");
            let envelope = plan_of(r, &format!("{} WHERE p.id = ?1", super::ENVELOPE))?;
            let scans = |step: &&String| step.starts_with("SCAN");
            assert_eq!(members.iter().chain(&envelope).find(scans), None);
            Ok(())
        })
        .await;
}

/// A conversation over inbox, Sent and Trash.
async fn conversation() -> (Bench, ThreadId, [PlacementId; 4]) {
    let bench = bench().await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    let (thread, ids) = bench
        .write(move |w| {
            let before = w.read().folders(Some(ACCOUNT))?;
            let sent = NewFolder::own("Sent", "Sent", Some(FolderRole::Sent));
            w.upsert_folder(ACCOUNT, &sent, &before)?;
            let sent = w.folder_for(ACCOUNT, FolderRole::Sent)?.folder.id;
            let add = |name: &str, named: &[&str], minute, who: &str, folder| {
                let mut email = email(name, named, minute);
                email.from = vec![Address::new(who, format!("{who}@example.test"))];
                let id = w.add_email(&email)?;
                let placement = w.add_placement(&NewPlacement {
                    email: id,
                    folder,
                    uid: Uid::new(minute as u32),
                    flags: Flags::default(),
                    keywords: vec![],
                    date: email.date.timestamp(),
                })?;
                Ok::<(EmailId, PlacementId), crate::store::Error>((id, placement))
            };
            let (first, a) = add("a@x", &[], 1, "Ann", inbox)?;
            let (_, b) = add("b@x", &["a@x"], 2, "Me", sent)?;
            let (_, c) = add("c@x", &["a@x", "b@x"], 3, "ANN", inbox)?;
            let (_, d) = add("d@x", &["a@x"], 4, "Eve", trash)?;
            add("other@x", &[], 5, "Zoe", inbox)?;
            Ok((ThreadId(first.0), [a, b, c, d]))
        })
        .await;
    (bench, thread, ids)
}

#[tokio::test]
async fn a_conversation_has_own_answers_and_not_what_was_put_away() {
    let (bench, thread, [a, b, c, d]) = conversation().await;
    let trash = bench.trash;
    let inbox = ListView::Folder(bench.inbox);
    bench
        .write(move |w| w.change_flag(&w.read().placement(c)?, FlagChange::seen(true)))
        .await;
    bench
        .read(move |r| {
            let listing = Listing::from(ListView::Conversation(thread));
            assert_eq!(r.listed(&listing, None)?.to_vec(), [a, b, c]);
            let whole = r.conversation(thread, Within::Around(inbox))?.unwrap();
            assert_eq!((whole.messages, whole.unread), (3, 2));
            let names: Vec<&str> = whole.authors.iter().map(Address::short).collect();
            assert_eq!(names, ["Ann", "Me"]);
            let here = r.conversation(thread, Within::View(inbox))?.unwrap();
            assert_eq!((here.messages, here.unread), (2, 1));
            let trash = ListView::Folder(trash);
            let there = r.conversation(thread, Within::View(trash))?;
            assert_eq!(there.unwrap().messages, 1);
            let all = r.conversation_order(thread, Within::Around(trash))?;
            assert_eq!(all, [a, b, c, d]);
            assert_eq!(r.conversation(ThreadId(999), Within::Around(inbox))?, None);
            Ok(())
        })
        .await;
    // Nothing else is left of it: then that.
    bench
        .write(move |w| {
            [a, b, c]
                .into_iter()
                .try_for_each(|id| w.remove_placement(id))
        })
        .await;
    let listing = Listing::from(ListView::Conversation(thread));
    let left = bench.read(move |r| r.listed(&listing, None)).await;
    assert_eq!(left.to_vec(), [d]);
}

#[tokio::test]
async fn a_message_in_two_folders_is_one_message_of_a_conversation() {
    let (bench, thread, [a, ..]) = conversation().await;
    let trash = bench.trash;
    bench
        .write(move |w| {
            w.mail
                .execute("UPDATE folder SET role = 'all' WHERE id = ?1", [trash.0])?;
            let row = w.read().placement(a)?;
            w.copy_to(&row, trash).map(drop)
        })
        .await;
    let listing = Listing::from(ListView::Conversation(thread));
    let rows = bench.read(move |r| r.listed(&listing, None)).await;
    assert_eq!((rows.len(), rows[0]), (4, a));
    // Where somebody looks, that place counts.
    let there = Within::Around(ListView::Folder(trash));
    let rows = bench
        .read(move |r| r.conversation_order(thread, there))
        .await;
    assert_eq!(rows.len(), 4);
    assert_ne!(rows[0], a);
}
