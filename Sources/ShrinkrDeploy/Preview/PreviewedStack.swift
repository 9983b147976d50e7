/// What merging would do to one stack.
package struct PreviewedStack: Sendable, Hashable {
    /// What CloudFormation said of it.
    enum Outcome: Sendable, Hashable {
        /// It would change.
        case changes(ChangeSet)
        /// It would stay as it is, such as after a change of a comment.
        case nothing
        /// It has no deployment file any more, so that nothing updates it.
        case unfollowed
        /// It would stay as it is, because what is to be merged cannot be applied.
        case refused(String)
        /// It could not be asked.
        case unseen(String)
    }

    let service: String
    /// The stack's name.
    let stack: String
    let outcome: Outcome
    /// The values that its parameters have now; of those in Parameter Store, what was taken from there last.
    var values: [String: String] = [:]
    /// What the image brings and takes back; `nil` where the image stays.
    var commits: ImageCommits?

    /// A parameter's value before and after; `nil` where it has none.
    struct Difference: Sendable, Hashable {
        let parameter: String
        let before: String?
        let after: String?
    }

    /// The resources that another one would take the place of, or that would go.
    var losses: [ResourceChange] {
        changes.filter { $0.action == .remove || $0.action == .dynamic || $0.replacement != .no }
    }

    /// The changes of who may do what, and from where.
    var permissions: [ResourceChange] { changes.filter(\.isOfPermissions) }

    /// The values that would be others, whether the deployment file, a default or Parameter Store says so.
    var differences: [Difference] {
        guard case .changes(let changeSet) = outcome else { return [] }
        return Set(values.keys).union(changeSet.parameters.keys).sorted().compactMap { name in
            let (before, after) = (values[name], changeSet.parameters[name])
            return before == after ? nil : Difference(parameter: name, before: before, after: after)
        }
    }

    var changes: [ResourceChange] {
        if case .changes(let changeSet) = outcome { changeSet.changes } else { [] }
    }
}

extension ResourceChange {
    /// Whether it is about who may do what, or from where something can be reached.
    var isOfPermissions: Bool {
        let isPolicy = type.hasSuffix("Policy") && type != "AWS::ApplicationAutoScaling::ScalingPolicy"
        return type.hasPrefix("AWS::IAM::") || isPolicy || type == "AWS::Lambda::Permission"
            || type.hasPrefix("AWS::EC2::SecurityGroup") || properties.contains { Self.permissions.contains($0) }
    }

    /// Properties of other resources that say who may do what.
    private static let permissions: Set<String> = [
        "ExecutionRoleArn", "KeyPolicy", "PolicyDocument", "RepositoryPolicyText", "ResourcePolicy", "Role", "RoleArn",
        "TaskRoleArn",
    ]

    /// Whether each new image brings it about, and nothing is lost by it: ECS keeps the old revision, the migration is a
    /// task that has ended, and a service takes a task definition without being replaced (CloudFormation's reference of
    /// `AWS::ECS::Service`), whatever a change set holds possible.
    var isPartOfDeployments: Bool {
        if type == "AWS::ECS::Service" { return replacement == .conditional && properties == ["TaskDefinition"] }
        return action != .remove && ["AWS::ECS::TaskDefinition", "Custom::DatabaseMigration"].contains(type)
    }
}

/// What merging would do to an environment.
package struct Preview: Sendable, Hashable {
    package let environment: String
    /// Those that the change is about, sorted by service.
    package let stacks: [PreviewedStack]

    /// 0 where all could be asked, 1 where something could not be applied, 3 where something could not be asked.
    package var exitCode: Int32 {
        if stacks.contains(where: { if case .refused = $0.outcome { true } else { false } }) { return 1 }
        return stacks.contains { if case .unseen = $0.outcome { true } else { false } } ? 3 : 0
    }
}
