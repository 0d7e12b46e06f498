import json
import os
import tempfile
import unittest

from pulseflow_app.errors import PlanError
from pulseflow_app.kafka_options import client_options, sink_options, source_options
from pulseflow_app.plan import Plan, read_plan
from pulseflow_app.secrets import read_secrets

from .plans import plan


def read(**connection: object) -> Plan:
    given = plan()
    given["connections"]["c"].update(connection)
    return read_plan(json.dumps(given))


class KafkaOptions(unittest.TestCase):
    def test_logs_in_with_the_secrets(self) -> None:
        of = read(security="SASL_SSL", mechanism="SCRAM-SHA-512", tls={"id": "t", "verify": True}).connections["c"]
        options = client_options(of, {"c": {"user": "me", "password": 'a"b\\c'}, "t": {"ca": "CA"}})
        self.assertEqual(options["sasl.mechanism"], "SCRAM-SHA-512")
        self.assertEqual(
            options["sasl.jaas.config"],
            'org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="a\\"b\\\\c";',
        )
        self.assertEqual(options["ssl.truststore.certificates"], "CA")
        self.assertNotIn("ssl.endpoint.identification.algorithm", options)

    def test_says_which_secret_is_missing_without_the_others(self) -> None:
        of = read(security="SASL_PLAINTEXT", mechanism="PLAIN").connections["c"]
        with self.assertRaises(PlanError) as caught:
            client_options(of, {"c": {"password": "hidden"}})
        self.assertIn("has no user", str(caught.exception))
        self.assertNotIn("hidden", str(caught.exception))

    def test_reads_certificates_from_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "ca.pem")
            with open(path, "w", encoding="utf-8") as file:
                file.write("from a file")
            of = read(security="SSL", tls={"id": "t", "verify": False, "ca": path}).connections["c"]
            options = client_options(of, {})
        self.assertEqual(options["ssl.truststore.certificates"], "from a file")
        self.assertEqual(options["ssl.endpoint.identification.algorithm"], "")
        with self.assertRaisesRegex(PlanError, "ca cannot be read"):
            client_options(of, {})

    def test_refuses_a_key_that_java_cannot_read(self) -> None:
        of = read(security="SSL", tls={"id": "t", "verify": True}).connections["c"]
        with self.assertRaisesRegex(PlanError, "not PKCS#8"):
            client_options(of, {"t": {"cert": "C", "key": "-----BEGIN RSA PRIVATE KEY-----"}})

    def test_tells_source_and_sink_what_the_nodes_say(self) -> None:
        of = read()
        client = client_options(of.connections["c"], {})
        source = source_options(of.source, client, 500)
        self.assertEqual(source["subscribe"], "tweets")
        self.assertEqual(source["startingOffsets"], "earliest")
        self.assertEqual(source["maxOffsetsPerTrigger"], "500")
        self.assertEqual(source["kafka.bootstrap.servers"], "one:9092,two:9092")
        sink = sink_options(of.topics["posts"], client, 2000)
        self.assertEqual((sink["kafka.acks"], sink["kafka.linger.ms"]), ("all", "5"))

    def test_never_quotes_secrets_that_are_no_json(self) -> None:
        with self.assertRaises(PlanError) as caught:
            read_secrets(None, {"PULSEFLOW_SECRETS": "{hidden"})
        self.assertEqual(str(caught.exception), "The environment variable PULSEFLOW_SECRETS is not JSON.")


if __name__ == "__main__":
    unittest.main()
