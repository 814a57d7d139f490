//! The whole system from outside: the built command as a process, real sockets, real files, and what happens when
//! it is killed, starved or fed with rubbish. One binary, so that it is linked once.

mod bad_input;
mod calls;
mod crash;
mod disk_full;
mod house_rules;
mod orders;
mod repair;
mod shutdown;
mod site;
mod slow_callers;
