/** Decides what a poll reads and how a record is identified. Plain functions of their arguments: no Camel, no clock. */
package io.github.cameltwilio.usage.delivery;
