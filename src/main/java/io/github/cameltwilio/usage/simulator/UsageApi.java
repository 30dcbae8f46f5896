package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Twilio's side of the conversation: from a request to the honest answer, without a socket. */
final class UsageApi {

    private static final Pattern RECORDS =
            Pattern.compile("/2010-04-01/Accounts/(?<account>[^/]+)/Usage/Records(?<subresource>/[A-Za-z]+)?(\\.json)?");

    private final long seed;
    private final Clock clock;
    private final Credentials credentials;
    private final UsageRecords records;

    UsageApi(long seed, Clock clock, Credentials credentials, SimulatedAccount account) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.records = new UsageRecords(account);
    }

    Answer answer(ReceivedRequest request) {
        Answer answer;
        try {
            answer = route(request);
        } catch (ApiError error) {
            answer = error.answer();
        }
        return request.path().endsWith(".json") ? answer : Xml.insteadOf(answer);
    }

    private Answer route(ReceivedRequest request) {
        if (!credentials.admit(request.headers().get("authorization"))) {
            throw ApiError.unauthorized();
        }
        Matcher path = RECORDS.matcher(request.path());
        if (!path.matches() || !path.group("account").equals(credentials.accountSid())) {
            throw ApiError.notFound(request.path());
        }
        Subresource subresource = Subresource.at(path.group("subresource") == null ? "" : path.group("subresource"))
                .orElseThrow(() -> ApiError.notFound(request.path()));
        if (!request.method().equals("GET")) {
            throw ApiError.methodNotAllowed();
        }
        return Answer.json(200, records.page(subresource, Paging.of(request, seed), clock.instant()));
    }
}
