//! Which of two copies in Sent are one too many.

use super::*;

/// A message in a folder as the server has it.
fn filed(w: &Write<'_>, folder: FolderId, uid: u32, name: &str) -> Result<PlacementId> {
    let described = email(name, &[], 1);
    let email = w.add_email(&described)?;
    w.add_placement(&NewPlacement {
        email,
        folder,
        uid: Uid::new(uid),
        flags: Flags::default(),
        keywords: Vec::new(),
        date: 1,
    })
}

async fn doubles(bench: &Bench, role: FolderRole, days: i64) -> usize {
    bench
        .write(move |w| {
            let folder = w.folder_for(ACCOUNT, role)?.folder.id;
            let own = filed(w, folder, 1, "twice")?;
            let row = w.read().placement(own)?;
            w.note_sent_copy(&row, false)?;
            w.sent_copy_uploaded(own)?;
            let sql = "UPDATE sent_copy SET sent_at = sent_at - ?1";
            w.mail.execute(sql, [days * 24 * 60 * 60])?;
            filed(w, folder, 2, "twice")?;
            Ok(w.read().double_sent(ACCOUNT)?.len())
        })
        .await
}

#[tokio::test]
async fn only_what_was_sent_lately_and_lies_in_sent_is_a_double() {
    assert_eq!(doubles(&bench().await, FolderRole::Sent, 6).await, 1);
    assert_eq!(doubles(&bench().await, FolderRole::Sent, 8).await, 0);
    // A person moved both there: the own copy, and one that came from a list.
    assert_eq!(doubles(&bench().await, FolderRole::Archive, 6).await, 0);
}
