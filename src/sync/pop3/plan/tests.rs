use super::*;
use crate::model::PlacementId;

const H: Hash = [1; 32];
const OTHER: Hash = [2; 32];
const BODY: Hash = [3; 32];
const SIZE: u64 = 1000;

fn listed(list: &[(u32, Option<&str>)]) -> Vec<Listed> {
    let one = |(number, uidl): &(u32, Option<&str>)| Listed {
        number: *number,
        size: SIZE,
        uidl: uidl.map(str::to_owned),
    };
    list.iter().map(one).collect()
}

/// A message that is in the inbox, whole.
fn row(id: i64, key: &str) -> Pop3Row {
    Pop3Row {
        id,
        key: key.to_owned(),
        size: SIZE,
        header: H,
        sha256: Some(BODY),
        seen: 0,
        here: Here::Inbox,
        stored: Some(BODY),
        placement: PlacementId(id),
        left: false,
    }
}

/// Mail stays for ever, whatever is done here.
pub(in crate::sync::pop3) fn leave() -> Pop3Policy {
    Pop3Policy {
        delete_when_removed: false,
        ..Pop3Policy::default()
    }
}

pub(in crate::sync::pop3) fn remove() -> Pop3Policy {
    Pop3Policy {
        leave_on_server: false,
        ..leave()
    }
}

fn days(days: u32) -> Pop3Policy {
    Pop3Policy {
        delete_after_days: Some(days),
        ..leave()
    }
}

fn rules(policy: Pop3Policy) -> Rules {
    Rules {
        largest: policy.largest(),
        policy,
        can_top: true,
        age: 0,
    }
}

fn shown(headers: &[(u32, Hash)]) -> Seen {
    Seen {
        headers: headers.iter().map(|(n, h)| (*n, Some(*h))).collect(),
        ..Seen::default()
    }
}

fn planned(listing: &[Listed], rows: &[Pop3Row], seen: &Seen, rules: &Rules) -> Plan {
    plan(listing, &keys(listing, seen), rows, seen, rules)
}

/// A plan in words: `whole 3 2; look 1`.
fn words(plan: &Plan) -> String {
    let numbers = |wanted: &[Wanted]| wanted.iter().map(|w| i64::from(w.number)).collect();
    let parts: [(&str, Vec<i64>); 6] = [
        ("look", plan.look.iter().map(|n| i64::from(*n)).collect()),
        ("whole", numbers(&plan.whole)),
        ("headers", numbers(&plan.headers)),
        ("found", plan.found.iter().map(|(id, _)| *id).collect()),
        ("gone", plan.gone.clone()),
        (
            "delete",
            plan.delete.iter().map(|d| i64::from(d.number)).collect(),
        ),
    ];
    let told = parts.iter().filter(|(_, list)| !list.is_empty());
    let part = |(name, list): &(&str, Vec<i64>)| {
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        format!("{name} {}", list.join(" "))
    };
    told.map(part).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_new_is_fetched_newest_first_and_what_is_known_is_not() {
    let listing = listed(&[(1, Some("a")), (2, Some("b")), (3, Some("c"))]);
    let all = planned(&listing, &[], &Seen::default(), &rules(leave()));
    assert_eq!(words(&all), "whole 3 2 1");
    let some = planned(
        &listing,
        &[row(7, "b"), row(8, "z")],
        &Seen::default(),
        &rules(leave()),
    );
    assert_eq!(words(&some), "whole 3 1; gone 8");
    let none = planned(&[], &[row(7, "b")], &Seen::default(), &rules(remove()));
    assert_eq!(words(&none), "gone 7");
}

#[test]
fn large_messages_come_by_their_headers_where_the_server_can() {
    let mut listing = listed(&[(1, Some("a")), (2, Some("b"))]);
    listing[0].size = 1_000_001;
    let over = |mb| {
        rules(Pop3Policy {
            headers_only_over_mb: mb,
            ..remove()
        })
    };
    let seen = Seen::default();
    let here = Pop3Row {
        size: 1_000_001,
        stored: None,
        sha256: None,
        ..row(5, "a")
    };
    for (limit, can_top, rows, expected) in [
        (Some(1), true, vec![], "whole 2; headers 1"),
        (None, true, vec![], "whole 2 1"),
        (Some(1), false, vec![], "whole 2 1"),
        // What is not here whole stays there; without the limit it comes.
        (Some(1), true, vec![here.clone()], "whole 2"),
        (None, true, vec![here], "whole 2 1"),
    ] {
        let rules = Rules {
            can_top,
            ..over(limit)
        };
        let plan = planned(&listing, &rows, &seen, &rules);
        assert_eq!(words(&plan), expected, "{limit:?} {can_top} {rows:?}");
    }
}

/// The message is known, and its header was looked at.
#[test]
fn each_policy_deletes_what_it_names() {
    let listing = listed(&[(1, Some("a"))]);
    let removed = Pop3Policy {
        delete_when_removed: true,
        ..leave()
    };
    let day = DAY;
    for (policy, age, here, deletes) in [
        (leave(), 900 * day, Here::Inbox, false),
        (leave(), 900 * day, Here::Elsewhere, false),
        (leave(), 900 * day, Here::Removed, false),
        (remove(), 0, Here::Inbox, true),
        (remove(), 0, Here::Elsewhere, true),
        (remove(), 0, Here::Removed, true),
        (days(14), 14 * day - 1, Here::Inbox, false),
        (days(14), 14 * day, Here::Inbox, true),
        (days(14), 0, Here::Removed, false),
        (days(14), -900 * day, Here::Inbox, false),
        (removed.clone(), 900 * day, Here::Inbox, false),
        (removed.clone(), 0, Here::Elsewhere, true),
        (removed, 0, Here::Removed, true),
    ] {
        let row = Pop3Row {
            here,
            stored: (here != Here::Removed).then_some(BODY),
            ..row(4, "a")
        };
        let rules = Rules {
            age,
            ..rules(policy.clone())
        };
        let plan = planned(&listing, &[row], &shown(&[(1, H)]), &rules);
        let expected = if deletes { "delete 1" } else { "" };
        assert_eq!(words(&plan), expected, "{policy:?} {age} {here:?}");
        let bytes = plan.delete.first().map(|doomed| doomed.stored.is_some());
        assert_eq!(bytes, deletes.then_some(here != Here::Removed));
    }
}

#[test]
fn nothing_is_deleted_that_is_not_here() {
    let listing = listed(&[(1, Some("a"))]);
    let lost = Pop3Row {
        here: Here::Lost,
        stored: None,
        ..row(4, "a")
    };
    let damaged = Pop3Row {
        stored: None,
        ..row(4, "a")
    };
    for (row, expected) in [(lost, "whole 1"), (damaged, "whole 1")] {
        let plan = planned(
            &listing,
            std::slice::from_ref(&row),
            &shown(&[(1, H)]),
            &rules(remove()),
        );
        assert_eq!(words(&plan), expected, "{row:?}");
    }
    // Moved elsewhere by its header alone.
    let policy = Pop3Policy {
        headers_only_over_mb: Some(1),
        delete_when_removed: true,
        ..leave()
    };
    let listing = [Listed {
        size: 2_000_000,
        ..listing[0].clone()
    }];
    let row = Pop3Row {
        size: 2_000_000,
        here: Here::Elsewhere,
        stored: None,
        sha256: None,
        ..row(4, "a")
    };
    let plan = planned(&listing, &[row], &shown(&[(1, H)]), &rules(policy));
    assert_eq!(words(&plan), "");
}

#[test]
fn an_id_is_looked_into_before_anything_depends_on_it() {
    let listing = listed(&[(1, Some("a"))]);
    let larger = Pop3Row {
        size: SIZE + 1,
        ..row(4, "a")
    };
    let left = Pop3Row {
        left: true,
        ..row(4, "a")
    };
    let unseen = Seen::default;
    let refused = || Seen {
        headers: [(1, None)].into(),
        ..Seen::default()
    };
    let fetched = || Seen {
        contents: [(1, BODY)].into(),
        ..Seen::default()
    };
    for (known, policy, can_top, seen, expected) in [
        // Due, of another size, or thought gone: the header tells.
        (row(4, "a"), remove(), true, unseen(), "look 1"),
        (larger.clone(), leave(), true, unseen(), "look 1"),
        (left.clone(), leave(), true, unseen(), "look 1"),
        (row(4, "a"), remove(), true, shown(&[(1, H)]), "delete 1"),
        (larger.clone(), leave(), true, shown(&[(1, H)]), "found 4"),
        (left.clone(), leave(), true, shown(&[(1, H)]), "found 4"),
        (
            left.clone(),
            remove(),
            true,
            shown(&[(1, H)]),
            "found 4; delete 1",
        ),
        // Another message under that id.
        (
            row(4, "a"),
            remove(),
            true,
            shown(&[(1, OTHER)]),
            "whole 1; gone 4",
        ),
        (
            larger.clone(),
            leave(),
            true,
            shown(&[(1, OTHER)]),
            "whole 1; gone 4",
        ),
        (
            left.clone(),
            remove(),
            true,
            shown(&[(1, OTHER)]),
            "whole 1",
        ),
        // No header to be had: the message itself tells.
        (larger.clone(), remove(), false, unseen(), "whole 1"),
        (left, remove(), false, unseen(), "whole 1"),
        (larger, remove(), true, refused(), "whole 1"),
        // An id and a size of its own are not enough to delete by.
        (row(4, "a"), remove(), false, unseen(), "whole 1"),
        (row(4, "a"), remove(), true, refused(), "whole 1"),
        (row(4, "a"), remove(), false, fetched(), "delete 1"),
        (row(4, "a"), leave(), false, unseen(), ""),
    ] {
        let rules = Rules {
            can_top,
            ..rules(policy)
        };
        let plan = planned(&listing, std::slice::from_ref(&known), &seen, &rules);
        assert_eq!(words(&plan), expected, "{known:?} {rules:?} {seen:?}");
    }
}

#[test]
fn what_was_just_fetched_needs_no_second_look() {
    let listing = listed(&[(1, Some("a"))]);
    let seen = Seen {
        contents: [(1, BODY)].into(),
        ..Seen::default()
    };
    let plan = planned(&listing, &[row(4, "a")], &seen, &rules(remove()));
    assert_eq!(words(&plan), "delete 1");
}

#[test]
fn without_ids_headers_tell_and_else_contents() {
    for ids in [[None, None], [Some(""), Some("")], [Some("0"), Some("0")]] {
        let listing = listed(&[(1, ids[0]), (2, ids[1])]);
        let first = planned(&listing, &[], &Seen::default(), &rules(leave()));
        assert_eq!(words(&first), "look 1 2", "{ids:?}");
        let seen = shown(&[(1, H), (2, OTHER)]);
        let both = planned(&listing, &[], &seen, &rules(leave()));
        assert_eq!(words(&both), "whole 2 1");
        let rows: Vec<Pop3Row> = keys(&listing, &seen)
            .into_iter()
            .flatten()
            .zip(4..)
            .map(|(key, id)| row(id, &key))
            .collect();
        assert_eq!(rows.len(), 2);
        let known = planned(&listing, &rows, &seen, &rules(leave()));
        assert_eq!(words(&known), "");
        let due = planned(&listing, &rows, &seen, &rules(remove()));
        assert_eq!(words(&due), "delete 1 2");
        // Nothing is known to be gone while it is not clear what is there.
        let unclear = planned(&listing, &rows, &Seen::default(), &rules(leave()));
        assert_eq!(unclear.look, [1, 2]);

        // Without TOP, or with one header twice, all of it has to come.
        let blind = Rules {
            can_top: false,
            ..rules(leave())
        };
        let plan = planned(&listing, &rows, &Seen::default(), &blind);
        assert_eq!(words(&plan), "whole 2 1; gone 4 5");
        let twice = shown(&[(1, H), (2, H)]);
        let plan = planned(&listing, &[], &twice, &rules(remove()));
        assert_eq!(words(&plan), "whole 2 1");
        assert!(plan.whole.iter().all(|wanted| wanted.key.is_none()));
        let fetched = Seen {
            contents: [(1, BODY), (2, BODY)].into(),
            ..twice
        };
        let stored = row(9, &content_key(&BODY));
        let plan = planned(
            &listing,
            std::slice::from_ref(&stored),
            &fetched,
            &rules(remove()),
        );
        assert_eq!(words(&plan), "delete 1 2");
        // Its content was not seen yet in this session: it may be there.
        let plan = planned(&listing, &[stored], &Seen::default(), &blind);
        assert_eq!(words(&plan), "whole 2 1");
    }
}

#[test]
fn an_id_that_two_have_is_nobodys() {
    let listing = listed(&[(1, Some("a")), (2, Some("a")), (3, Some("b"))]);
    let plan = planned(
        &listing,
        &[row(4, "a"), row(5, "b")],
        &Seen::default(),
        &rules(remove()),
    );
    assert_eq!(plan.look, [1, 2, 3]);
    let seen = shown(&[(1, H), (2, OTHER), (3, H)]);
    let plan = planned(
        &listing,
        &[row(4, "a"), row(5, "b")],
        &seen,
        &rules(remove()),
    );
    assert_eq!(words(&plan), "whole 2 1; gone 4; delete 3");
}

#[test]
fn ids_that_look_like_ours_are_not_taken() {
    let listing = listed(&[(1, Some(" c00"))]);
    assert_eq!(keys(&listing, &Seen::default()), [None]);
}
