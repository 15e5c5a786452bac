//! Each policy does what it says, and nothing is here twice.

use super::*;

#[tokio::test]
async fn mail_comes_once_byte_for_byte_and_stays_there() {
    let bench = Bench::of_three().await;
    let report = bench.look(leave()).await;
    assert_eq!(report.new, 3);
    assert_eq!(report.notices, Vec::<String>::new());
    bench.assert_here(&["a", "b", "c"]).await;
    let again = bench.look(leave()).await;
    assert_eq!((again.new, again.bytes), (0, 0));
    bench.assert_here(&["a", "b", "c"]).await;
    bench.assert_there(&["a", "b", "c"]);
    let own = bench.server.drop();
    assert_eq!((own.asked("RETR"), own.asked("TOP")), (3, 0));
    let newest = own.heard.iter().find(|line| line.starts_with("RETR"));
    assert_eq!(newest.unwrap(), "RETR 3");
}

#[tokio::test]
async fn fetched_and_removed() {
    let bench = Bench::of_three().await;
    assert_eq!(bench.look(remove()).await.new, 3);
    bench.assert_here(&["a", "b", "c"]).await;
    bench.assert_there(&[]);
    assert_eq!(bench.noted().await, []);
    bench
        .server
        .drop()
        .mails
        .push(("4".to_owned(), letter("d")));
    assert_eq!(bench.look(remove()).await.new, 1);
    bench.assert_here(&["a", "b", "c", "d"]).await;
    bench.assert_there(&[]);
}

#[tokio::test]
async fn left_for_days() {
    let mut bench = Bench::of_three().await;
    let policy = || Pop3Policy {
        delete_after_days: Some(14),
        ..leave()
    };
    bench.look(policy()).await;
    bench.pass_days(6);
    bench
        .server
        .drop()
        .mails
        .push(("4".to_owned(), letter("d")));
    bench.look(policy()).await;
    // A clock that runs wrong for a while takes nothing.
    for wrong in [2000, -2000, -5, 5] {
        bench.pass_days(wrong);
        bench.look(policy()).await;
        bench.assert_there(&["a", "b", "c", "d"]);
        bench.pass_days(-wrong);
        bench.look(policy()).await;
    }
    bench.pass_days(7);
    bench.look(policy()).await;
    bench.assert_there(&["a", "b", "c", "d"]);
    bench.pass_days(6);
    bench.look(policy()).await;
    bench.assert_there(&["d"]);
    bench.pass_days(10);
    bench.look(policy()).await;
    bench.assert_there(&[]);
    bench.assert_here(&["a", "b", "c", "d"]).await;
}

#[tokio::test]
async fn removed_here_removed_there() {
    let bench = Bench::of_three().await;
    bench.look(Pop3Policy::default()).await;
    bench.remove("a").await;
    bench.move_to("b", FolderRole::Trash).await;
    assert_eq!(bench.waits().await, 0, "no server is told of it");
    bench.look(leave()).await;
    bench.assert_there(&["a", "b", "c"]);
    bench.assert_here(&["b", "c"]).await;
    bench.look(Pop3Policy::default()).await;
    bench.assert_there(&["c"]);
    bench.assert_here(&["b", "c"]).await;
    // Taken back in time it stays.
    bench.move_to("c", FolderRole::Archive).await;
    bench.move_to("c", FolderRole::Inbox).await;
    bench.look(Pop3Policy::default()).await;
    bench.assert_there(&["c"]);
}

#[tokio::test]
async fn what_was_removed_here_does_not_come_back() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    bench.remove("a").await;
    for ids in [["1", "2", "3"], ["x", "y", "z"]] {
        for (mail, id) in bench.server.drop().mails.iter_mut().zip(ids) {
            id.clone_into(&mut mail.0);
        }
        assert_eq!(bench.look(leave()).await.new, 0);
        bench.assert_here(&["b", "c"]).await;
    }
}

#[tokio::test]
async fn new_ids_for_all_bring_nothing_twice() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    bench.move_to("b", FolderRole::Archive).await;
    for (id, _) in &mut bench.server.drop().mails {
        id.push_str("-moved");
    }
    assert_eq!(bench.look(leave()).await.new, 0);
    bench.assert_here(&["a", "b", "c"]).await;
    let places = bench.noted().await;
    assert_eq!(
        places,
        [
            ("1-moved".to_owned(), Here::Inbox),
            ("2-moved".to_owned(), Here::Elsewhere),
            ("3-moved".to_owned(), Here::Inbox)
        ]
    );
    // The old names again.
    for (id, _) in &mut bench.server.drop().mails {
        id.truncate(1);
    }
    let before = bench.server.drop().asked("RETR");
    assert_eq!(bench.look(remove()).await.new, 0);
    assert_eq!(
        bench.server.drop().asked("RETR"),
        before,
        "the header tells"
    );
    bench.assert_here(&["a", "b", "c"]).await;
    bench.assert_there(&[]);
}

#[tokio::test]
async fn servers_without_ids_or_headers() {
    for (has_uidl, has_top) in [(false, true), (true, false), (false, false)] {
        let bench = Bench::of_three().await;
        {
            let mut own = bench.server.drop();
            (own.has_uidl, own.has_top) = (has_uidl, has_top);
        }
        for _ in 0..2 {
            bench.look(leave()).await;
            bench.assert_here(&["a", "b", "c"]).await;
            bench.assert_there(&["a", "b", "c"]);
        }
        bench
            .server
            .drop()
            .mails
            .insert(1, ("4".to_owned(), letter("d")));
        assert_eq!(bench.look(leave()).await.new, 1);
        assert_eq!(bench.noted().await.len(), 4, "{has_uidl} {has_top}");
        bench.remove("d").await;
        bench.look(Pop3Policy::default()).await;
        bench.assert_there(&["a", "b", "c"]);
        bench.look(remove()).await;
        bench.assert_there(&[]);
        bench.assert_here(&["a", "b", "c"]).await;
    }
}

#[tokio::test]
async fn doubled_and_reused_ids() {
    let bench = Bench::new(&[("0", letter("a")), ("0", letter("b")), ("1", letter("c"))]).await;
    for _ in 0..2 {
        bench.look(leave()).await;
        bench.assert_here(&["a", "b", "c"]).await;
    }
    // The id of c names another message now, as large as c was.
    bench.server.drop().mails[2].1 = letter("d");
    assert_eq!(letter("c").len(), letter("d").len());
    bench.look(remove()).await;
    bench.assert_here(&["a", "b", "c", "d"]).await;
    bench.assert_there(&[]);
}

#[tokio::test]
async fn a_reused_id_of_another_size_is_noticed_at_once() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    bench.server.drop().mails[0].1 = letter("another");
    assert_eq!(bench.look(leave()).await.new, 1);
    bench.assert_here(&["a", "another", "b", "c"]).await;
}

#[tokio::test]
async fn the_same_message_twice_is_one() {
    let bench = Bench::new(&[("1", letter("a")), ("2", letter("a"))]).await;
    assert_eq!(bench.look(leave()).await.new, 1);
    bench.assert_here(&["a"]).await;
    bench.look(remove()).await;
    bench.assert_there(&[]);
    bench.assert_here(&["a"]).await;
}

#[tokio::test]
async fn a_servers_own_notes_make_no_new_message() {
    let noted = |name: &str, status: &str| {
        let mut mail = format!("Status: {status}\r\nX-UIDL: 7{status}\r\n").into_bytes();
        mail.extend(letter(name));
        mail
    };
    let bench = Bench::new(&[("1", noted("a", "O"))]).await;
    bench.look(leave()).await;
    for (id, status) in [("1", "RO"), ("new", "R")] {
        bench.server.drop().mails[0] = (id.to_owned(), noted("a", status));
        assert_eq!(bench.look(leave()).await.new, 0, "{id}");
    }
    bench.look(remove()).await;
    bench.assert_there(&[]);
    assert_eq!(bench.here().await.values().sum::<usize>(), 1);
}

#[tokio::test]
async fn large_messages_come_when_they_are_opened() {
    let mut big = letter("big");
    big.extend("A line of a long text.\r\n".repeat(50_000).into_bytes());
    let bench = Bench::new(&[("1", letter("a")), ("2", big.clone())]).await;
    let policy = || Pop3Policy {
        headers_only_over_mb: Some(1),
        ..remove()
    };
    assert_eq!(bench.look(policy()).await.new, 2);
    assert_eq!(bench.there(), [hash(&big)], "what is not here stays there");
    let id = bench.id("big").await;
    let conn = signed_in(bench.server.connect()).await.unwrap();
    bench
        .mailbox(ACCOUNT, policy())
        .body(conn, id)
        .await
        .unwrap();
    let both = BTreeMap::from([(hash(&letter("a")), 1), (hash(&big), 1)]);
    assert_eq!(bench.here().await, both);
    assert_eq!(bench.id("big").await, id, "the row stays the same");
    bench.look(policy()).await;
    assert_eq!(bench.there(), Vec::<String>::new());
    assert_eq!(bench.here().await, both);
}

#[tokio::test]
async fn a_message_too_large_for_memory_is_whole() {
    // Larger than what the client gives in one piece.
    let line =
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let mut big = b"Subject: big\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWords.\r\n--b\r\n\
        Content-Type: application/pdf; name=a.pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    big.extend(line.repeat(120_000).into_bytes());
    big.extend(b"--b--\r\n");
    let bench = Bench::new(&[("1", big.clone())]).await;
    assert_eq!(bench.look(remove()).await.bytes, big.len() as u64);
    assert_eq!(bench.here().await, BTreeMap::from([(hash(&big), 1)]));
    assert_eq!(bench.there(), Vec::<String>::new());
    let id = bench.rows().await[0].id;
    let row = bench.store.read(move |r| r.envelopes(&[id])).await.unwrap();
    assert_eq!(row[0].attachments, 1);
    assert_eq!(row[0].snippet, "Words.");
    assert_eq!(row[0].on_server, Some(false));
}

#[tokio::test]
async fn two_accounts_in_one_inbox() {
    let bench = Bench::of_three().await;
    let other = AccountId(2);
    let make = move |w: &Write<'_>| w.set_local(other, ACCOUNT);
    bench.store.write(Durability::Crash, make).await.unwrap();
    bench.look(leave()).await;
    // The second server has one of the first one's messages, and calls another
    // as that one does.
    bench.server.drop().mails = vec![("1".into(), letter("d")), ("9".into(), letter("b"))];
    let look = async |policy| {
        let conn = signed_in(bench.server.connect()).await.unwrap();
        bench.mailbox(other, policy).look(conn).await.unwrap().1
    };
    assert_eq!(look(leave()).await.new, 1);
    bench.assert_here(&["a", "b", "c", "d"]).await;
    let inboxes: std::collections::BTreeSet<_> =
        bench.rows().await.iter().map(|row| row.folder).collect();
    assert_eq!(inboxes.len(), 1);
    bench.remove("d").await;
    look(Pop3Policy::default()).await;
    bench.assert_there(&["b"]);
    assert_eq!(
        bench.noted().await.len(),
        3,
        "the first server's are its own"
    );
}

#[tokio::test]
async fn a_row_says_whether_the_server_has_it() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    let id = bench.id("a").await;
    let shown = async || {
        let rows = bench.store.read(move |r| r.envelopes(&[id])).await.unwrap();
        let uidl = rows[0].uidl.as_ref().map(|uidl| uidl.as_str().to_owned());
        (uidl, rows[0].on_server)
    };
    assert_eq!(shown().await, (Some("1".to_owned()), Some(true)));
    bench.server.drop().mails.remove(0);
    bench.look(leave()).await;
    assert_eq!(shown().await, (Some("1".to_owned()), Some(false)));
    bench.assert_here(&["a", "b", "c"]).await;
}
