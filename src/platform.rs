//! What the operating system is told about this process.

/// Keeps the passwords in memory out of files: a crash leaves no image of it.
///
/// A command is also closed to other programs of the same user. The window is
/// not, because desktops refuse their file dialogs to a program they cannot
/// look at.
#[cfg(target_os = "linux")]
pub(crate) fn keep_memory_private(window: bool) {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    // One byte is too little for an image, and it alone stops those programs
    // too that collect images whatever the limit is (core(5)).
    let limit = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    if let Err(error) = setrlimit(Resource::Core, limit) {
        tracing::warn!(%error, "a crash may leave an image of the memory");
    }
    if !window && let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "other programs may look into the memory");
    }
}

/// There is nothing to tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_memory_private(_window: bool) {}
