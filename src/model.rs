//! The vocabulary: plain values without input, output or tasks.

pub mod account;
pub mod address;
mod charset;
pub mod check;
mod danger;
pub mod diagnosis;
pub mod discovery;
pub mod doubt;
pub mod draft;
pub mod email;
mod enclosed;
pub mod entry;
pub mod envelope;
pub mod flag;
pub mod folder;
pub mod host;
mod identity;
mod ids;
mod index_text;
pub mod outbox;
pub(crate) mod owner;
pub mod prefetch;
pub mod query;
pub mod quota;
pub mod server;
mod signature;
mod space;
pub mod store_check;
mod structure;
pub(crate) mod subject;
pub(crate) mod utf7;
pub mod view;

pub use account::{Account, AccountSettings};
pub use address::Address;
pub use charset::Charset;
pub use check::CheckStepKind;
pub use danger::{Danger, DangerKind};
pub use diagnosis::{Diagnosis, Fault, Remedy, TrustedCertificate};
pub use discovery::{
    BrowserWay, Candidate, Discovery, DiscoveryProgress, DiscoverySource, Impossible,
    KnownProvider, Preparation,
};
pub use doubt::{Acquaintance, Doubt, DoubtKind, SenderNotes, Unsubscribe};
pub use draft::{ComposeMode, Draft, DraftAttachment};
pub use email::{Attachment, Email, PartId, TextSource};
pub use enclosed::{Attendance, Contact, Enclosed, Event, EventKind, EventTime, Letter};
pub use envelope::{Envelope, Stored};
pub use flag::{Flag, FlagChange, Flags, InvalidKeyword, Keyword, KeywordChange};
pub use folder::{Folder, FolderRole};
pub use identity::Identity;
pub use ids::{
    AccountId, EmailId, FolderId, MessageId, ModSeq, OutboxId, PlacementId, ThreadId, Uid,
    UidValidity, Uidl,
};
pub(crate) use index_text::{DocumentText, IndexText};
pub use outbox::{OutboxItem, Recipient, SendState};
pub use prefetch::{InvalidPrefetch, Prefetch, PrefetchPolicy};
pub use query::{
    Excerpt, ParsedSearch, Period, SearchField, SearchOrder, SearchQuery, SearchRemark, SearchTerm,
    UnreadDocument,
};
pub use quota::{Amount, Quota};
pub use server::{AuthMethod, Password, Pop3Policy, Protocol, Security, ServerSettings};
pub use signature::{CheckedSignature, SignatureCheck, SignatureVerdict};
pub use space::{FolderSize, Freed, Room};
pub use store_check::{StoreCheck, StoreProblem, StoreProblemKind};
pub(crate) use structure::{LeftOut, PartPath, SinglePart, Skeleton, Structure};
pub use view::{Conversation, ListView, Listed, Listing, QuickFilter, Sort, SortKey, Within};
