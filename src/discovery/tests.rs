mod files;
mod probing;
mod searching;
mod timing;
mod world;

use crate::providers::Mailbox;

fn mailbox(address: &str) -> Mailbox {
    Mailbox::parse(address).unwrap()
}
