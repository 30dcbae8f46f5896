package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Twilio's side of the conversation: from a request to the honest answer, without a socket. */
final class UsageApi {

    private static final Pattern ACCOUNTS = Pattern.compile("/2010-04-01/Accounts(\\.json)?");
    private static final Pattern RECORDS = Pattern
            .compile("/2010-04-01/Accounts/(?<account>[^/]+)/Usage/Records(?<subresource>/[A-Za-z]+)?(\\.json)?");
    private static final Pattern TRIGGERS = Pattern
            .compile("/2010-04-01/Accounts/(?<account>[^/]+)/Usage/Triggers(/(?<sid>[^/.]+))?(\\.json)?");

    private final long seed;
    private final Clock clock;
    private final Credentials credentials;
    private final AccessTokens accessTokens;
    private final SimulatedAccounts accounts;
    private final UsageTriggers triggers;

    UsageApi(long seed, Clock clock, Credentials credentials, AccessTokens accessTokens, SimulatedAccounts accounts,
             UsageTriggers triggers) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.accessTokens = accessTokens;
        this.accounts = accounts;
        this.triggers = triggers;
    }

    Answer answer(ReceivedRequest request) {
        if (request.path().equals(AccessTokens.PATH)) {
            return accessTokens.answer(request);
        }
        Answer answer;
        try {
            answer = route(request);
        } catch (ApiError error) {
            answer = error.answer();
        }
        return request.path().endsWith(".json") ? answer : Xml.insteadOf(answer);
    }

    private Answer route(ReceivedRequest request) {
        String authorization = request.headers().get("authorization");
        if (!credentials.admit(authorization) && !accessTokens.admit(authorization)) {
            throw ApiError.unauthorized();
        }
        if (ACCOUNTS.matcher(request.path()).matches() && request.method().equals("GET")) {
            return Answer.json(200, accounts.page(Paging.of(request, seed)));
        }
        Matcher records = RECORDS.matcher(request.path());
        if (records.matches()) {
            return records(request, records);
        }
        Matcher triggers = TRIGGERS.matcher(request.path());
        if (isOfAccount(triggers)) {
            return triggers.group("sid") == null ? triggers(request) : trigger(request, triggers.group("sid"));
        }
        throw ApiError.notFound(request.path());
    }

    private boolean isOfAccount(Matcher path) {
        return path.matches() && path.group("account").equals(credentials.accountSid());
    }

    private Answer records(ReceivedRequest request, Matcher path) {
        SimulatedAccount account = accounts.find(path.group("account")).orElseThrow(() -> notFound(request));
        boolean main = account == accounts.main();
        if (!main && !credentials.admitToSubaccounts(request.headers().get("authorization"))) {
            throw ApiError.unauthorized();
        }
        Subresource subresource = Subresource.at(path.group("subresource") == null ? "" : path.group("subresource"))
                .orElseThrow(() -> ApiError.notFound(request.path()));
        if (!request.method().equals("GET")) {
            throw ApiError.methodNotAllowed();
        }
        boolean foldIn = main && !"false".equals(request.parameters().get("IncludeSubaccounts"));
        UsageRecords records = new UsageRecords(account, foldIn ? accounts.subaccounts() : List.of());
        return Answer.json(200, records.page(subresource, Paging.of(request, seed), clock.instant()));
    }

    private Answer triggers(ReceivedRequest request) {
        return switch (request.method()) {
            case "GET" -> Answer.json(200, triggers.page(Paging.of(request, seed), clock.instant()));
            case "POST" -> Answer.json(201, triggers.create(request.form(), clock.instant()));
            default -> throw ApiError.methodNotAllowed();
        };
    }

    private Answer trigger(ReceivedRequest request, String sid) {
        return switch (request.method()) {
            case "GET" -> Answer.json(200, triggers.fetch(sid, clock.instant()).orElseThrow(() -> notFound(request)));
            case "POST" -> Answer.json(200, triggers.update(sid, request.form(), clock.instant())
                    .orElseThrow(() -> notFound(request)));
            case "DELETE" -> {
                if (!triggers.delete(sid)) {
                    throw notFound(request);
                }
                yield Answer.text(204, "application/json", "");
            }
            default -> throw ApiError.methodNotAllowed();
        };
    }

    private static ApiError notFound(ReceivedRequest request) {
        return ApiError.notFound(request.path());
    }
}
