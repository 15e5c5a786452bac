//! Everything that can be done now, and every folder to go to.

use super::dialog::choose::{Choice, Line};
use super::target::Target;
use super::{Message, State};
use crate::ui::app::{Action, Context, Keep};
use crate::ui::command::UserCommand;

impl State {
    /// Lists everything that can be done now, what was done lately first.
    pub(crate) fn palette(&self, context: &Context<'_>) -> Vec<Line> {
        let situation = self.situation(context);
        let commands = UserCommand::all()
            .filter(|command| *command != UserCommand::Palette && command.enabled(&situation))
            .map(|command| command_line(command, Target::InSight, String::new()));
        let accounts = context.accounts.iter().flat_map(|account| {
            let target = Target::Account(account.id);
            let commands = self.possible(&target, context).into_iter().flatten();
            let name = account.settings.name.clone();
            commands.map(move |command| command_line(command, target.clone(), name.clone()))
        });
        let mut lines: Vec<_> = commands
            .chain(self.sidebar.places())
            .chain(accounts)
            .collect();
        let kept = &context.kept.chosen;
        let place = |line: &Line| {
            let key = self.key_of(&line.choice)?;
            kept.iter().position(|known| *known == key)
        };
        // Those never used stay in their order.
        lines.sort_by_cached_key(|line| place(line).unwrap_or(usize::MAX));
        lines
    }

    /// Does what was chosen there.
    pub(super) fn do_chosen(&mut self, choice: Choice, context: &Context<'_>) -> Action<Message> {
        let keep = self.key_of(&choice).map(Keep::Chosen);
        let keep = keep.map_or(Action::None, Action::Keep);
        let done = match choice {
            Choice::Folder(folder) => self.move_selected(folder, context),
            Choice::Place(folder, into) => self.move_folder(folder, into),
            Choice::Charset(charset) => self.read_as(charset, context),
            Choice::View(view) => self.open_view(view, context),
            Choice::Command(command, target) => self.command_on(command, &target, context),
        };
        keep.and(done)
    }

    /// What a line of the list is remembered by.
    fn key_of(&self, choice: &Choice) -> Option<String> {
        match choice {
            Choice::View(view) => self.sidebar.key(*view),
            Choice::Command(command, Target::InSight) => Some(command.name().to_owned()),
            Choice::Command(..) | Choice::Folder(_) | Choice::Place(..) | Choice::Charset(_) => {
                None
            }
        }
    }
}

fn command_line(command: UserCommand, target: Target, about: String) -> Line {
    let keys = command.keys().first().map(|chord| chord.words());
    Line {
        icon: command.icon(),
        name: command.label().to_owned(),
        about,
        keys: keys.unwrap_or_default(),
        choice: Choice::Command(command, target),
    }
}
