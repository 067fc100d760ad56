namespace MeshControl.Policy.Language;

public enum PostureOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    IsSet,
    NotSet,
}
