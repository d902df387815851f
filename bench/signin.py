"""Sign-ins: compared with the plain rate of their hashes, and their effect on other requests."""
import json
import statistics
import subprocess
import threading
import urllib.request

import load

PASSWORD = "Str0ng!pass1"
ADDRESSES = [f"bench-sign-in-{number}@bench.example" for number in range(32)]
BODY = json.dumps({"formFields": [{"id": "email", "value": "{key}"}, {"id": "password", "value": PASSWORD}]})


class SignIns:
    """Measures a running server, with accounts of its own."""

    def __init__(self, options, hash_rate):
        self.options, self.hash_rate = options, hash_rate

    def sign_up(self):
        for address in ADDRESSES:
            body = BODY.replace("{key}", address).encode()
            with urllib.request.urlopen(f"http://127.0.0.1:{self.options.port}/auth/signup", body) as answer:
                if json.load(answer)["status"] != "OK":
                    raise SystemExit("bench: cannot sign up")

    def bare(self):
        """Hashes per second, with as many threads as the server has for them."""
        return float(subprocess.run([self.hash_rate, str(self.options.slow_workers), str(self.options.seconds)],
                                    capture_output=True, check=True, text=True).stdout)

    def storm(self, seconds):
        return load.wrk(self.options.port, "POST", "/auth/signin", BODY, ADDRESSES, 32, seconds)

    def listing(self, keys):
        return load.wrk(self.options.port, "GET", "/organizations/", None, keys, 32, self.options.seconds)

    def listing_in_a_storm(self, keys):
        """The listing while 32 connections sign in without pause, and the number of these sign-ins."""
        storms = []
        loaded = threading.Thread(target=lambda: storms.append(self.storm(self.options.seconds + 1)))
        loaded.start()
        sample = self.listing(keys)
        loaded.join()
        return sample, storms[0]["rate"]

    def measure(self, keys):
        """Result rows for bench/run."""
        rates, bounds, alone, loaded, through = [], [], [], [], []
        for _ in range(self.options.rounds):
            before = self.bare()
            rates.append(self.storm(self.options.seconds))
            bounds.append((before + self.bare()) / 2)
            alone.append(self.listing(keys))
            sample, rate = self.listing_in_a_storm(keys)
            loaded.append(sample)
            through.append(rate)
        return {"sign-ins": {"rate": statistics.median(sample["rate"] for sample in rates),
                             "hashes": statistics.median(bounds),
                             "ratio": statistics.median(sample["rate"] / bound for sample, bound in zip(rates, bounds)),
                             "p50": statistics.median(sample["p50"] for sample in rates),
                             "refused": sum(sample["refused"] for sample in rates)},
                "listing alone": self.summary(alone),
                "listing in a storm": {**self.summary(loaded), "sign_ins": statistics.median(through)}}

    @staticmethod
    def summary(samples):
        return {"listings": statistics.median(sample["rate"] for sample in samples),
                "p50": statistics.median(sample["p50"] for sample in samples),
                "p99": statistics.median(sample["p99"] for sample in samples),
                "p99_worst": max(sample["p99"] for sample in samples)}


def show(found):
    row = found.get("sign-ins")
    if not row:
        return
    alone, storm = found["listing alone"], found["listing in a storm"]
    print(f"sign-ins, 32 connections: {row['rate']:.0f}/s of {row['hashes']:.0f} bare hashes/s, "
          f"ratio {row['ratio']:.2f}; p50 {row['p50']:.0f} ms; {row['refused']} refused")
    print(f"GET /organizations/, 32 connections: p50 {alone['p50']:.2f} ms, p99 {alone['p99']:.2f} (worst {alone['p99_worst']:.2f}) alone; "
          f"p50 {storm['p50']:.2f}, p99 {storm['p99']:.2f} (worst {storm['p99_worst']:.2f}) in a storm of sign-ins, "
          f"of which {storm['sign_ins']:.0f}/s get through; {storm['listings']:.0f} of {alone['listings']:.0f} requests/s")
