//! Which calls of the Linux kernel a child may make: those to compute, to read
//! its pipe and to end. All others do not exist for it (`ENOSYS`).

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

/// Without conditions.
const ALWAYS: &[c_long] = &[
    // Its pipes.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    // Memory; `mmap` and `mprotect` below.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Threads that exist, and signals to itself.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Time and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_getrandom,
];

/// What a new thread needs besides `clone`.
const THREADS: &[c_long] = &[
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
];

/// What reading files needs where Landlock says which.
const FILES: &[c_long] = &[
    libc::SYS_openat,
    libc::SYS_statx,
    libc::SYS_newfstatat,
    libc::SYS_getdents64,
    libc::SYS_readlinkat,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_fcntl,
];

/// Lets this process make the calls of the lists from now on, and no others.
///
/// # Errors
/// When the kernel or this kind of processor cannot.
pub(super) fn allow_only(threads: bool, files: bool) -> Result<(), Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    let lists = [(ALWAYS, true), (THREADS, threads), (FILES, files)];
    for (list, wanted) in lists {
        let calls = list.iter().filter(|_| wanted);
        rules.extend(calls.map(|call| (*call, Vec::new())));
    }
    // Memory that can be run is there already.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(
            call,
            only_if(2, SeccompCmpOp::MaskedEq(flag(libc::PROT_EXEC)), 0)?,
        );
    }
    // Its own limits and signals to itself (an abort), nobody else's.
    rules.insert(libc::SYS_prlimit64, only_if(0, SeccompCmpOp::Eq, 0)?);
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, only_if(0, SeccompCmpOp::Eq, own)?);
    if threads {
        // No processes. (`clone3` hides its flags, so it does not exist.)
        let thread = flag(libc::CLONE_THREAD);
        rules.insert(
            libc::SYS_clone,
            only_if(0, SeccompCmpOp::MaskedEq(thread), thread)?,
        );
        // Its name.
        let name = flag(libc::PR_SET_NAME);
        rules.insert(libc::SYS_prctl, only_if(0, SeccompCmpOp::Eq, name)?);
    }
    let no_such_call = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let processor = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, no_such_call, SeccompAction::Allow, processor)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)
}

fn only_if(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<Vec<SeccompRule>, Error> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
    Ok(vec![SeccompRule::new(vec![condition])?])
}

fn flag(bits: libc::c_int) -> u64 {
    bits.unsigned_abs().into()
}
