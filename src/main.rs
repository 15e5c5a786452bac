//! Waxwing's binary.

#[cfg(feature = "gui")]
mod ui;

#[cfg(feature = "gui")]
fn main() -> Result<(), ui::Error> {
    ui::run(None, ui::Options::default())
}

#[cfg(not(feature = "gui"))]
fn main() {}
