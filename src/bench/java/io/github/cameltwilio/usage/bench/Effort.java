package io.github.cameltwilio.usage.bench;

/**
 * How often a case is measured.
 *
 * @param jvms          the number of JVMs per case, one after another
 * @param warmUpSeconds how long each JVM reads before its first measurement
 * @param turns         the number of measurements per JVM
 */
record Effort(int jvms, int warmUpSeconds, int turns) {
    /** A single reading, only to see whether it finishes. */
    static final Effort ONCE = new Effort(1, 0, 1);

    int readings() {
        return jvms * turns;
    }
}
