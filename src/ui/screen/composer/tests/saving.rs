//! Saving, sending, closing: what is asked of the engine, and when.

use super::*;

fn clocks(effects: &[Effect]) -> Vec<u64> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Clock(edit) => Some(*edit),
            _ => None,
        })
        .collect()
}

fn save(effects: &[Effect]) -> (u64, Draft) {
    match effects {
        [Effect::Save(edit, draft)] => (*edit, (**draft).clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_draft_is_saved_once_typing_stops_and_then_replaced() {
    let world = World::new();
    let mut state = world.composer();
    let first = world.write(&mut state, "a");
    assert_eq!(clocks(&first), [1]);
    assert_eq!(clocks(&world.write(&mut state, "b")), [0_u64; 0]);
    let again = world.follow(&mut state, Message::Rang(1));
    assert_eq!(again, [Effect::Clock(2)]);
    let (edit, draft) = save(&world.follow(&mut state, Message::Rang(2)));
    assert_eq!((draft.body.as_str(), draft.origin), ("ab", None));
    world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9))));

    let clock = clocks(&world.write(&mut state, "c"));
    let (_, draft) = save(&world.follow(&mut state, Message::Rang(clock[0])));
    assert_eq!(draft.origin, Some((ComposeMode::EditDraft, PlacementId(9))));
}

#[test]
fn two_saves_never_run_at_once() {
    let world = World::new();
    let mut state = world.composer();
    world.write(&mut state, "a");
    let (edit, _) = save(&world.follow(&mut state, Message::Rang(1)));
    let clock = clocks(&world.write(&mut state, "b"));
    let again = world.follow(&mut state, Message::Rang(clock[0]));
    assert_eq!(clocks(&again).len(), 1);
    world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9))));
    let (_, draft) = save(&world.follow(&mut state, Message::Rang(clocks(&again)[0])));
    assert_eq!(draft.body, "ab");
}

#[test]
fn closing_saves_first_and_stays_when_that_fails() {
    let world = World::new();
    let mut state = world.written();
    let (edit, _) = save(&state.close());
    assert_eq!(
        world.follow(&mut state, Message::Saved(edit, Err(offline()))),
        []
    );
    let (edit, _) = save(&state.close());
    let closed = world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9))));
    assert_eq!(closed, [Effect::TellSaved, Effect::Close]);
}

#[test]
fn closing_keeps_what_was_written_while_a_save_was_under_way() {
    let world = World::new();
    let mut state = world.composer();
    world.write(&mut state, "a");
    let (edit, _) = save(&world.follow(&mut state, Message::Rang(1)));
    world.write(&mut state, "b");
    assert_eq!(state.close(), []);
    let (_, draft) = save(&world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9)))));
    assert_eq!(draft.body, "ab");
}

#[test]
fn nothing_written_closes_without_a_trace() {
    let world = World::new();
    assert_eq!(world.composer().close(), [Effect::Close]);
    assert_eq!(world.open(reply()).close(), [Effect::Close]);
}

#[test]
fn a_message_without_recipient_or_with_a_wrong_one_stays() {
    let world = World::new();
    let mut state = world.composer();
    world.follow(&mut state, Message::Send);
    assert!(matches!(&state.refusal, Some(Refusal::Mend(words)) if words.contains("Nobody")));
    world.address(&mut state, "bob");
    world.follow(&mut state, Message::Send);
    assert!(
        matches!(&state.refusal, Some(Refusal::Mend(words)) if words.contains("“bob” has no @"))
    );
    assert!(!state.sending);
}

#[test]
fn a_missing_subject_and_a_forgotten_attachment_are_asked_once_each() {
    let world = World::new();
    let mut state = world.composer();
    world.address(&mut state, "bob@y.test");
    world.write(&mut state, "The plan is attached.");
    world.follow(&mut state, Message::Send);
    assert_eq!(state.question, Some(Question::NoSubject));
    world.follow(&mut state, Message::Answer(true));
    assert_eq!(state.question, Some(Question::NoAttachment));
    world.follow(&mut state, Message::Answer(false));
    let sent = world.follow(&mut state, Message::Send);
    assert!(
        matches!(sent.as_slice(), [Effect::Send(_, None)]),
        "{sent:?}"
    );
}

#[test]
fn words_in_the_quote_announce_nothing() {
    let world = World::new();
    let mut state = world.open(reply());
    world.write(&mut state, "Thanks!");
    let sent = world.follow(&mut state, Message::Send);
    assert!(matches!(sent.as_slice(), [Effect::Send(..)]), "{sent:?}");
}

#[test]
fn sending_an_answer_marks_the_origin_and_removes_the_draft_kept_meanwhile() {
    let world = World::new();
    let mut state = world.open(reply());
    world.write(&mut state, "Yes.");
    let (edit, draft) = save(&world.follow(&mut state, Message::Rang(1)));
    assert_eq!(draft.in_reply_to, reply().in_reply_to);
    // Sending while the save is under way waits for it.
    assert_eq!(world.follow(&mut state, Message::Send), []);
    let sent = world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9))));
    let [Effect::Send(draft, Some(PlacementId(9)))] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(draft.origin, reply().origin);
}

#[test]
fn a_draft_taken_up_again_is_replaced_by_the_engine() {
    let world = World::new();
    let mut state = world.open(Draft {
        origin: Some((ComposeMode::EditDraft, PlacementId(5))),
        ..reply()
    });
    let sent = world.follow(&mut state, Message::Send);
    let [Effect::Send(draft, None)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(draft.origin, Some((ComposeMode::EditDraft, PlacementId(5))));
}

#[test]
fn sent_closes_and_refused_stays_and_is_saved() {
    let world = World::new();
    let mut state = world.written();
    world.follow(&mut state, Message::Send);
    assert!(state.sending);
    // Nothing changes under the engine's hands.
    world.follow(&mut state, Message::Subject("Other".into()));
    assert_eq!(state.subject, "Hello");
    let kept = world.follow(&mut state, Message::Sent(Err(offline())));
    assert!(matches!(kept.as_slice(), [Effect::Save(..)]));
    assert!(matches!(state.refusal, Some(Refusal::Failed(_))));
    let gone = world.follow(&mut state, Message::Sent(Ok(item())));
    assert_eq!(gone, [Effect::TellSent(item()), Effect::Close]);
}

#[test]
fn the_way_back_from_sending_is_offered_as_long_as_it_is_held() {
    let world = World::new();
    let state = world.composer();
    let action = Effect::TellSent(item()).into_action(&state, &world.context());
    let Action::Toast(toast) = action else {
        panic!("{action:?}");
    };
    assert_eq!(toast.words, "Sending in 10 s");
    assert_eq!(toast.stays, world.options.send_hold);
    assert!(toast.undo.is_some());
}

#[test]
fn discarding_asks_and_takes_the_kept_draft_along() {
    let world = World::new();
    let mut state = world.written();
    let (edit, _) = save(&world.follow(&mut state, Message::Save));
    world.follow(&mut state, Message::Saved(edit, Ok(PlacementId(9))));
    assert_eq!(world.follow(&mut state, Message::Discard), []);
    assert_eq!(state.question, Some(Question::Discard));
    assert_eq!(
        world.follow(&mut state, Message::Answer(true)),
        [Effect::Delete(PlacementId(9)), Effect::Close]
    );
}

#[test]
fn a_draft_that_was_only_looked_at_is_not_thrown_away() {
    let world = World::new();
    let mut state = world.open(Draft {
        origin: Some((ComposeMode::EditDraft, PlacementId(5))),
        ..reply()
    });
    assert_eq!(world.follow(&mut state, Message::Discard), [Effect::Close]);
}

#[test]
fn what_the_outbox_gave_back_is_saved_again() {
    let world = World::new();
    let request = ComposeRequest::Draft(Box::new(reply()), Some(PlacementId(9)));
    let (state, _) = State::new(request, &world.context());
    assert!(state.saving.is_unsaved());
    // In place of what was put there when it left the outbox.
    assert_eq!(state.saving.placement, Some(PlacementId(9)));
}

#[test]
fn the_draft_keeps_a_half_typed_address() {
    let world = World::new();
    let mut state = world.composer();
    world.address(&mut state, "bob");
    let (_, draft) = save(&state.close());
    assert_eq!(draft.to, [Address::new("", "bob")]);
}
