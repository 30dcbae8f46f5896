/**
 * Compares the cost of reading usage records. {@link io.github.cameltwilio.usage.bench.Benchmark} starts a
 * {@link io.github.cameltwilio.usage.bench.UsageServer} and, for each case, a
 * {@link io.github.cameltwilio.usage.bench.Worker} in a separate JVM, in which one
 * {@link io.github.cameltwilio.usage.bench.Contender} reads.
 */
package io.github.cameltwilio.usage.bench;
