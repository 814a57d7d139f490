//! The conformance suite for SF Express.

crossdock_testkit::conformance!(crossdock_sf::Sf);
