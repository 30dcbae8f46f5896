package io.github.cameltwilio.usage.build;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.camel.cluster.CamelClusterMember;
import org.apache.camel.support.cluster.AbstractCamelClusterService;
import org.apache.camel.support.cluster.AbstractCamelClusterView;

/** The cluster service of one node, which believes what the test tells it, even if another node is the leader. */
final class ChosenLeader extends AbstractCamelClusterService<AbstractCamelClusterView> {
    private final List<View> views = new CopyOnWriteArrayList<>();
    private volatile boolean leader;

    /** Tells the node whether it is the leader. */
    void tell(boolean isLeader) {
        leader = isLeader;
        views.forEach(View::changed);
    }

    @Override
    protected AbstractCamelClusterView createView(String namespace) {
        View view = new View(namespace);
        views.add(view);
        return view;
    }

    private final class View extends AbstractCamelClusterView {
        private final CamelClusterMember member = new CamelClusterMember() {
            @Override
            public boolean isLeader() {
                return leader;
            }

            @Override
            public boolean isLocal() {
                return true;
            }

            @Override
            public String getId() {
                return "local";
            }
        };

        View(String namespace) {
            super(ChosenLeader.this, namespace);
        }

        void changed() {
            fireLeadershipChangedEvent(leader ? member : null);
        }

        @Override
        public Optional<CamelClusterMember> getLeader() {
            return leader ? Optional.of(member) : Optional.empty();
        }

        @Override
        public CamelClusterMember getLocalMember() {
            return member;
        }

        @Override
        public List<CamelClusterMember> getMembers() {
            return List.of(member);
        }
    }
}
