//! The publisher: what it decides, simulated, and what becomes of it with a real server.

mod server;
mod world;
