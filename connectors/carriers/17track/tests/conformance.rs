//! The conformance suite for 17TRACK.

crossdock_testkit::conformance!(crossdock_17track::SeventeenTrack);
