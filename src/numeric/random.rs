//! Random streams: one per replicate, so that results do not depend on who draws first.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The stream of a replicate under a seed.
pub(crate) fn stream(seed: u64, replicate: u64) -> ChaCha8Rng {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    stream.set_stream(replicate);
    stream
}
