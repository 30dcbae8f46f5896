/**
 * What reading usage records costs, here and elsewhere. {@link io.github.cameltwilio.usage.bench.Benchmark} starts a
 * {@link io.github.cameltwilio.usage.bench.UsageServer} and, for each figure, a
 * {@link io.github.cameltwilio.usage.bench.Worker} in a JVM of its own, in which one
 * {@link io.github.cameltwilio.usage.bench.Contender} reads.
 */
package io.github.cameltwilio.usage.bench;
