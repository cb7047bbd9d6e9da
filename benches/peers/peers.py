"""Alpha of a million rows by polars and numpy, from the file that `cargo bench` wrote.

usage: cargo bench; python3 benches/peers/peers.py        needs polars, numpy
"""
import statistics
import time

import numpy as np
import polars


def timed(work, repetitions=7):
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def read():
    return polars.read_csv("target/bench_data/likert_1000000_5x10.csv")


def alpha():
    c = np.cov(read().to_numpy().astype(float), rowvar=False)
    k = len(c)
    return k / (k - 1) * (1 - np.trace(c) / c.sum())


print(f"from file, n=1000000,p=50: read          {timed(read):8.4f} s")
print(f"from file, n=1000000,p=50: read + alpha  {timed(alpha):8.4f} s   (alpha {alpha():.6f})")
