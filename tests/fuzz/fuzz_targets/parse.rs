//! The parser of a connector: captures of every topic, and files.
#![no_main]

crossdock_fuzz::target!(Parse);
