//! `check`

use clap::Args;
use serde::Serialize;
use waxwing::Result;
use waxwing::model::{StoreCheck, StoreProblem};

use super::{Context, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Mend what can be mended without losing anything
    #[arg(long)]
    repair: bool,
}

/// What is wrong with the store.
#[derive(Debug, Serialize)]
struct CheckLine {
    messages: u64,
    problems: Vec<ProblemFields>,
}

#[derive(Debug, Serialize)]
struct ProblemFields {
    kind: &'static str,
    message: String,
    count: u64,
    repaired: bool,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let line = CheckLine::new(context.handle.check_store(options.repair).await?);
    context.out.row(&line, || line.text(options.repair))
}

impl CheckLine {
    fn new(checked: StoreCheck) -> Self {
        let fields = |problem: StoreProblem| ProblemFields {
            kind: problem.kind.name(),
            message: problem.message,
            count: problem.count,
            repaired: problem.repaired,
        };
        Self {
            messages: checked.messages,
            problems: checked.problems.into_iter().map(fields).collect(),
        }
    }

    fn text(&self, repair: bool) -> String {
        let mut lines = Vec::new();
        for problem in &self.problems {
            let end = if problem.repaired { " Repaired." } else { "" };
            let said = text::line(&problem.message);
            lines.push(format!("{said} ({}){end}", problem.count));
        }
        let left = self.problems.iter().filter(|p| !p.repaired).count();
        lines.push(match (self.problems.len(), left) {
            (0, _) => format!("{} messages, nothing is wrong.", self.messages),
            (_, 0) => format!("{} messages, all is right again.", self.messages),
            (all, left) if repair => {
                format!("{} messages, {left} of {all} problems left.", self.messages)
            }
            (all, _) => format!(
                "{} messages, {all} problems. `waxwing check --repair` mends what it can.",
                self.messages
            ),
        });
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use waxwing::model::StoreProblemKind;

    use super::*;

    fn found(repaired: bool) -> CheckLine {
        CheckLine::new(StoreCheck {
            messages: 7,
            problems: vec![StoreProblem {
                kind: StoreProblemKind::Counts,
                message: "Folders have wrong counts.".to_owned(),
                count: 2,
                repaired,
            }],
        })
    }

    #[test]
    fn what_was_found_has_the_fields_that_scripts_rely_on() {
        assert_eq!(
            serde_json::to_value(found(true)).unwrap(),
            json!({"messages": 7, "problems": [{
                "kind": "counts", "message": "Folders have wrong counts.",
                "count": 2, "repaired": true,
            }]})
        );
    }

    #[test]
    fn people_are_told_what_is_left_to_do() {
        assert!(found(false).text(false).contains("--repair"));
        assert!(found(true).text(true).ends_with("all is right again."));
        assert!(found(false).text(true).ends_with("1 of 1 problems left."));
        let fine = CheckLine::new(StoreCheck::default());
        assert_eq!(fine.text(false), "0 messages, nothing is wrong.");
    }
}
