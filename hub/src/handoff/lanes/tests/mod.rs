//! Lanes in simulated worlds: time that is only a number, receivers that misbehave, stores that take their time, and
//! crashes between any two steps.

mod cases;
mod receivers;
mod simulation;

use crate::backbone::Micros;

const MS: Micros = 1_000;
const SECOND: Micros = 1_000_000;
