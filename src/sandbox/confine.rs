//! The walls around a child on Linux.

use std::fs;

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::ClockId;

use super::Kind;
use super::syscalls;

/// What Landlock knows by now. An older kernel does what it knows of this.
const NEWEST: ABI = ABI::V6;

/// Confines this process for good.
///
/// # Errors
/// In words, when a wall that must stand does not.
pub(super) fn confine(kind: &Kind) -> Result<(), String> {
    if kind.background {
        // Without it the child is as important as the window: no reason to stop.
        rustix::process::nice(10).ok();
    }
    limit(kind).map_err(|error| format!("limits: {error}"))?;
    let guarded = guard_files(kind).map_err(|error| format!("Landlock: {error}"))?;
    syscalls::allow_only(kind.threads, guarded && !kind.folders.is_empty())
        .map_err(|error| format!("seccomp: {error}"))
}

fn limit(kind: &Kind) -> Result<(), rustix::io::Errno> {
    let files = if kind.folders.is_empty() { 8 } else { 256 };
    let limits = [
        (Resource::As, own_memory().saturating_add(kind.memory)),
        (Resource::Nofile, files),
        (Resource::Fsize, 0),
        // One byte: see `platform`.
        (Resource::Core, 1),
    ];
    for (resource, most) in limits {
        let most = Some(
            getrlimit(resource)
                .maximum
                .map_or(most, |now| now.min(most)),
        );
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        setrlimit(resource, limit)?;
    }
    Ok(())
}

/// Bytes of address space that the program and its libraries take.
fn own_memory() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    pages.unwrap_or_default().saturating_mul(page)
}

/// Gives the question that begins now its processor time, in case that nobody
/// is left to look at the clock. Twice the time, for those with threads.
pub(super) fn allow_time(kind: &Kind) {
    let spent = rustix::time::clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let spent = u64::try_from(spent).unwrap_or_default();
    let most = spent.saturating_add(2 * (kind.time.as_secs() + 1));
    let limit = Rlimit {
        current: Some(most),
        maximum: getrlimit(Resource::Cpu).maximum,
    };
    // The parent's clock is the one that counts.
    setrlimit(Resource::Cpu, limit).ok();
}

/// Closes all files but those of the kind's folders, all ports and all other
/// processes. Whether the kernel can.
fn guard_files(kind: &Kind) -> Result<bool, landlock::RulesetError> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(kind.folders, reading))?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
